package io.postern.jose;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * A JWT in compact form, read strictly and not yet verified (RFC 7515 §7.1, RFC 7519 §4).
 *
 * <p>Refused besides the plainly broken: base64url that is not canonical, members that stand twice,
 * deep nesting, long names, strings and numbers, bytes after the end.
 */
public final class StrictJwt {
  private static final JsonMapper JSON =
      JsonMapper.builder(factory()).enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

  private final ObjectNode header;
  private final ObjectNode claims;
  private final byte[] signingInput;
  private final byte[] signature;

  private StrictJwt(ObjectNode header, ObjectNode claims, byte[] signingInput, byte[] signature) {
    this.header = header;
    this.claims = claims;
    this.signingInput = signingInput;
    this.signature = signature;
  }

  /** Reads a compact JWT; null when it is malformed. */
  public static @Nullable StrictJwt parse(String compact) {
    int first = compact.indexOf('.');
    int second = compact.indexOf('.', first + 1);
    if (first < 0 || second < 0 || compact.indexOf('.', second + 1) >= 0) {
      return null;
    }
    byte[] signature = decode(compact.substring(second + 1));
    ObjectNode header = object(compact.substring(0, first));
    ObjectNode claims = object(compact.substring(first + 1, second));
    if (header == null || claims == null || signature == null) {
      return null;
    }
    byte[] signingInput = compact.substring(0, second).getBytes(StandardCharsets.US_ASCII);
    return new StrictJwt(header, claims, signingInput, signature);
  }

  /** The JOSE header. */
  public ObjectNode header() {
    return header;
  }

  /** The claims, not to be believed before the signature has been verified. */
  public ObjectNode claims() {
    return claims;
  }

  /** What the signature covers. */
  byte[] signingInput() {
    return signingInput;
  }

  /** The signature's bytes. */
  byte[] signature() {
    return signature;
  }

  @Override
  public String toString() {
    return "StrictJwt[<redacted>]";
  }

  private static @Nullable ObjectNode object(String segment) {
    byte[] bytes = decode(segment);
    if (bytes == null) {
      return null;
    }
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      JsonNode node = JSON.readTree(text);
      return node instanceof ObjectNode object ? object : null;
    } catch (CharacterCodingException | JsonProcessingException e) {
      return null;
    }
  }

  /**
   * RFC 7515 §2: base64url without padding, line breaks or white space; RFC 4648 §3.5: the spare
   * bits of the last character are zero. Otherwise one JWT would have many spellings.
   */
  static byte @Nullable [] decode(String segment) {
    byte[] decoded;
    try {
      decoded = Base64.getUrlDecoder().decode(segment);
    } catch (IllegalArgumentException e) {
      return null;
    }
    return Base64.getUrlEncoder().withoutPadding().encodeToString(decoded).equals(segment)
        ? decoded
        : null;
  }

  private static JsonFactory factory() {
    StreamReadConstraints limits =
        StreamReadConstraints.builder()
            .maxNestingDepth(8)
            .maxNameLength(256)
            .maxStringLength(8 * 1024)
            .maxNumberLength(32)
            .build();
    return new JsonFactoryBuilder()
        .streamReadConstraints(limits)
        .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
        .disable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
        .build();
  }
}
