package io.postern.admin.registry;

import com.fasterxml.jackson.databind.JsonNode;
import io.postern.admin.protocol.JsonFields;
import io.postern.jose.SignatureAlgorithm;
import io.postern.jose.UnfitKeyException;
import io.postern.jose.VerificationKey;
import java.time.Instant;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.jspecify.annotations.Nullable;

/**
 * A public key as it was sent.
 *
 * @param kid null when it brings none
 * @param algorithm the one that it may be used with, or null
 * @param notAfter the end of its certificate, or null
 */
public record KeyUpload(
    VerificationKey key,
    @Nullable String kid,
    @Nullable SignatureAlgorithm algorithm,
    @Nullable Instant notAfter) {

  /** The {@code kid} that it brings, or else its thumbprint. */
  public String effectiveKid() {
    return kid == null ? key.thumbprint() : kid;
  }

  /**
   * When it ends: as the body's {@code expires_at} says, and with its certificate at the latest.
   */
  public @Nullable Instant end(JsonFields body, @Nullable Instant expiresAt) {
    if (notAfter == null || expiresAt == null) {
      return expiresAt == null ? notAfter : expiresAt;
    }
    if (expiresAt.isAfter(notAfter)) {
      body.fault("expires_at", "must not be after the end of the certificate, " + notAfter);
    }
    return expiresAt;
  }

  /**
   * The key of a body, or null when it has faults, which are noted. A certificate may have ended,
   * but must have begun.
   */
  public static @Nullable KeyUpload read(JsonFields body, Instant now) {
    JsonFields jwk = body.findObject("jwk");
    JsonNode pem = body.find("pem");
    if ((body.find("jwk") == null) == (pem == null)) {
      body.fault("must have either jwk or pem");
    }
    KeyUpload key = jwk == null ? null : JwkReader.read(jwk, now);
    if (pem != null) {
      try {
        key = KeyText.read(pem.asText(""), now);
      } catch (UnfitKeyException e) {
        body.fault("pem", detail(e));
      }
    }
    return key;
  }

  /** What is wrong with a key that does not stand there as the members of a JWK. */
  static String detail(UnfitKeyException unfit) {
    return (unfit.member().isEmpty() ? "" : "is not fit: " + unfit.member() + " ") + unfit.detail();
  }

  /**
   * The key of a SubjectPublicKeyInfo.
   *
   * @param notAfter the end of the certificate that it is from, or null
   */
  static KeyUpload of(SubjectPublicKeyInfo info, @Nullable Instant notAfter)
      throws UnfitKeyException {
    return PssKey.is(info)
        ? new KeyUpload(
            VerificationKey.of(PssKey.asRsa(info)), null, SignatureAlgorithm.PS256, notAfter)
        : new KeyUpload(VerificationKey.of(info), null, null, notAfter);
  }
}
