package io.postern.jose;

import com.fasterxml.jackson.databind.JsonNode;
import io.postern.crypto.CryptoProvider;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Verifies access tokens that we have issued (RFC 9068 §4). Confined to one thread.
 *
 * <p>An agent sends the same token again and again, so the last {@value #REMEMBERED} good ones are
 * remembered by their SHA-256: their signature is not verified anew as long as its key is
 * published. Their times are looked at each time.
 */
public final class AccessTokenVerifier {
  /**
   * How far {@code iat} may be ahead of our clock: the clock of the gateway that issued it is, or
   * lines have moved it on.
   */
  private static final long MOST_AHEAD_SECONDS = 15;

  private static final int REMEMBERED = 4_096;

  private record Verified(AccessToken token, SigningKey key) {}

  private final CryptoProvider provider;
  private final String issuer;
  private final JwsVerifier signatures;
  private final MessageDigest sha256;
  // of the keys that were published last
  private final Map<SigningKey, PublicKey> decoded = new HashMap<>();
  private SigningKeys decodedOf = SigningKeys.NONE;
  private final Map<String, Verified> verified =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Verified> eldest) {
          return size() > REMEMBERED;
        }
      };

  /**
   * @param issuer our issuer identifier
   */
  public AccessTokenVerifier(CryptoProvider provider, String issuer) {
    this.provider = provider;
    this.issuer = issuer;
    this.signatures = new JwsVerifier(provider);
    this.sha256 = provider.digest("SHA-256");
  }

  /**
   * The token; null when it is malformed, forged, expired or for another audience.
   *
   * @param keys those that are published now
   */
  public @Nullable AccessToken verify(
      String compact, SigningKeys keys, String audience, Instant now) {
    AccessToken token = findSigned(compact, keys);
    return token != null && token.audience().equals(audience) && isInTime(token, now)
        ? token
        : null;
  }

  /**
   * The token, for whichever audience and whether it has expired or not; null when it is malformed
   * or forged.
   *
   * @param keys those that are published now
   */
  public @Nullable AccessToken findSigned(String compact, SigningKeys keys) {
    String digest =
        new String(
            sha256.digest(compact.getBytes(StandardCharsets.ISO_8859_1)),
            StandardCharsets.ISO_8859_1);
    Verified known = verified.get(digest);
    if (known == null || !keys.all().contains(known.key)) {
      known = verifySignature(compact, keys);
      if (known == null) {
        return null;
      }
      verified.put(digest, known);
    }
    return known.token;
  }

  /** Whether the token has not expired, and is not of a time to come. */
  public static boolean isInTime(AccessToken token, Instant now) {
    long seconds = now.getEpochSecond();
    return seconds < token.expiresAt() && token.issuedAt() <= seconds + MOST_AHEAD_SECONDS;
  }

  private @Nullable Verified verifySignature(String compact, SigningKeys keys) {
    StrictJwt jwt = StrictJwt.parse(compact);
    if (jwt == null) {
      return null;
    }
    // RFC 9068 §4: typ at+jwt or application/at+jwt, so that no other JWT of ours is taken for it
    String typ = jwt.header().path("typ").asText("").toLowerCase(Locale.ROOT);
    // RFC 7515 §4.1.11: no extension is understood here
    if (!(typ.equals("at+jwt") || typ.equals("application/at+jwt")) || jwt.header().has("crit")) {
      return null;
    }
    SigningKey key = findKey(keys, jwt.header().path("kid").textValue());
    // RFC 8725 §3.1: the algorithm is the key's, not the token's choice
    if (key == null
        || !key.algorithm().value().equals(jwt.header().path("alg").textValue())
        || !signatures.verify(jwt, key.algorithm(), publicKey(key, keys))) {
      return null;
    }
    AccessToken token = findToken(jwt.claims());
    return token == null ? null : new Verified(token, key);
  }

  private @Nullable AccessToken findToken(JsonNode claims) {
    JsonNode expiresAt = claims.path("exp");
    JsonNode issuedAt = claims.path("iat");
    String clientId = claims.path("client_id").textValue();
    String audience = claims.path("aud").textValue();
    return issuer.equals(claims.path("iss").textValue())
            && clientId != null
            && audience != null
            && expiresAt.canConvertToLong()
            && issuedAt.canConvertToLong()
        ? new AccessToken(
            clientId,
            audience,
            claims.path("scope").asText(""),
            claims.path("jti").asText(""),
            issuedAt.longValue(),
            expiresAt.longValue())
        : null;
  }

  private static @Nullable SigningKey findKey(SigningKeys keys, @Nullable String kid) {
    for (SigningKey key : keys.all()) {
      if (key.kid().equals(kid)) {
        return key;
      }
    }
    return null;
  }

  private PublicKey publicKey(SigningKey key, SigningKeys keys) {
    if (decodedOf != keys) {
      decodedOf = keys;
      decoded.clear();
    }
    return decoded.computeIfAbsent(key, this::decode);
  }

  private PublicKey decode(SigningKey key) {
    byte[] encoded = VerificationKey.of(key.publicJwk()).encoded();
    try {
      return provider
          .keyFactory(key.algorithm().keyType().jcaName())
          .generatePublic(new X509EncodedKeySpec(encoded));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("signing key " + key.kid() + " cannot be decoded", e);
    }
  }
}
