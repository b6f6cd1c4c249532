package io.postern.http;

import io.postern.crypto.CryptoProvider;
import io.postern.jose.SigningKey;
import io.postern.oauth.JsonText;
import io.postern.revocation.LineKind;
import io.postern.revocation.NotBeforeLine;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.Signature;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.function.Consumer;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Writes not-before lines as a signed JWT of a type of its own. It names tokens and signing keys as
 * they are, and all else by a keyed hash whose key it carries: whoever has an id finds its lines,
 * and nobody learns an id. The key follows from the issuer and the signing key, so that all
 * gateways have the same. Confined to one thread.
 */
final class LineDocument {
  private static final Base64.Encoder BASE64URL = Base64.getUrlEncoder().withoutPadding();
  private static final String HMAC = "HmacSHA256";
  private static final int HASH_BYTES = 16;

  private final CryptoProvider crypto;
  private final String issuer;
  private final SigningKey key;
  private final byte[] salt;
  private final Mac hash;

  LineDocument(CryptoProvider crypto, String issuer, SigningKey key) {
    this.crypto = crypto;
    this.issuer = issuer;
    this.key = key;
    this.salt = hash(mac(key.kid().getBytes(StandardCharsets.UTF_8)), issuer);
    this.hash = mac(salt);
  }

  /** Lines for a document, one by one. */
  @FunctionalInterface
  interface Lines {
    void forEach(Consumer<NotBeforeLine> visitor);
  }

  /** The compact form. */
  String write(Lines lines, Instant now) {
    StringBuilder claims = new StringBuilder(1024);
    JsonText.appendString(claims.append("{\"iss\":"), issuer);
    claims.append(",\"iat\":").append(now.getEpochSecond());
    claims.append(",\"salt\":\"").append(BASE64URL.encodeToString(salt)).append("\",\"lines\":[");
    int empty = claims.length();
    lines.forEach(
        line -> {
          if (claims.length() > empty) {
            claims.append(',');
          }
          append(claims, line);
        });
    return sign(claims.append("]}").toString());
  }

  private void append(StringBuilder claims, NotBeforeLine line) {
    claims.append("{\"kind\":\"").append(line.kind().label());
    JsonText.appendString(claims.append("\",\"id\":"), name(line.kind(), line.id()));
    if (line.resource() != null) {
      claims
          .append(",\"resource\":\"")
          .append(BASE64URL.encodeToString(hash(hash, line.resource())))
          .append('"');
    }
    claims.append(",\"not_before\":").append(line.second()).append('}');
  }

  private String name(LineKind kind, String id) {
    return switch (kind) {
      case TOKEN, KEY -> id;
      case CLIENT, RESOURCE, USER, SESSION, FAMILY -> BASE64URL.encodeToString(hash(hash, id));
    };
  }

  private String sign(String claims) {
    StringBuilder header = new StringBuilder(128);
    header.append("{\"typ\":\"revocations+jwt\",\"alg\":\"").append(key.algorithm().value());
    JsonText.appendString(header.append("\",\"kid\":"), key.kid());
    String input = encode(header.append('}').toString()) + '.' + encode(claims);
    try {
      Signature signature = key.algorithm().newSignature(crypto);
      signature.initSign(key.privateKey(), crypto.secureRandom());
      signature.update(input.getBytes(StandardCharsets.US_ASCII));
      return input + '.' + BASE64URL.encodeToString(signature.sign());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("key " + key.kid() + " cannot sign", e);
    }
  }

  private static String encode(String json) {
    return BASE64URL.encodeToString(json.getBytes(StandardCharsets.UTF_8));
  }

  private Mac mac(byte[] secret) {
    Mac mac = crypto.mac(HMAC);
    try {
      mac.init(new SecretKeySpec(secret, HMAC));
      return mac;
    } catch (InvalidKeyException e) {
      throw new IllegalStateException("any bytes are a key", e);
    }
  }

  private static byte[] hash(Mac mac, String id) {
    return Arrays.copyOf(mac.doFinal(id.getBytes(StandardCharsets.UTF_8)), HASH_BYTES);
  }
}
