package io.postern.admin.registry;

import com.fasterxml.jackson.databind.JsonNode;
import io.postern.admin.protocol.JsonFields;
import io.postern.jose.SignatureAlgorithm;
import io.postern.jose.UnfitKeyException;
import io.postern.jose.VerificationKey;
import java.time.Instant;
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

  /** The key of a body, or null when it has faults, which are noted. */
  public static @Nullable KeyUpload read(JsonFields body) {
    JsonFields jwk = body.findObject("jwk");
    JsonNode pem = body.find("pem");
    if ((body.find("jwk") == null) == (pem == null)) {
      body.fault("must have either jwk or pem");
    }
    KeyUpload key = jwk == null ? null : JwkReader.read(jwk);
    if (pem != null) {
      try {
        key = PemReader.read(pem.asText(""));
      } catch (UnfitKeyException e) {
        body.fault(
            "pem", (e.member().isEmpty() ? "" : "is not fit: " + e.member() + " ") + e.detail());
      }
    }
    return key;
  }
}
