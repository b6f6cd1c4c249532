package io.postern.verifier;

import com.nimbusds.jose.Algorithm;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.KeyOperation;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jwt.SignedJWT;
import java.security.GeneralSecurityException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A key of the issuer that can verify. Thread-safe.
 *
 * @param algorithms the only ones that it is used with (RFC 8725 §3.1)
 */
record PublishedKey(JWK jwk, Set<JWSAlgorithm> algorithms, JWSVerifier verifier) {
  /** Whatever the JWK Set says: no other algorithm, so no {@code none} and no HMAC. */
  static final Set<JWSAlgorithm> ACCEPTED =
      Set.of(
          JWSAlgorithm.ES256,
          JWSAlgorithm.RS256,
          JWSAlgorithm.PS256,
          JWSAlgorithm.EdDSA,
          JWSAlgorithm.Ed25519);

  private static final int MIN_RSA_BITS = 2048;
  private static final int MAX_RSA_BITS = 8192;

  /** The key of a JWK; null when it is for something else, or of a kind that is not accepted. */
  static @Nullable PublishedKey find(JWK jwk) {
    boolean forSignatures =
        (jwk.getKeyUse() == null || jwk.getKeyUse().equals(KeyUse.SIGNATURE))
            && (jwk.getKeyOperations() == null
                || jwk.getKeyOperations().contains(KeyOperation.VERIFY));
    if (jwk.getKeyID() == null || !forSignatures) {
      return null;
    }
    try {
      if (jwk instanceof ECKey ec && ec.getCurve().equals(Curve.P_256)) {
        return of(jwk, Set.of(JWSAlgorithm.ES256), new ECDSAVerifier(ec.toPublicJWK()));
      }
      if (jwk instanceof RSAKey rsa && rsa.size() >= MIN_RSA_BITS && rsa.size() <= MAX_RSA_BITS) {
        return of(
            jwk,
            Set.of(JWSAlgorithm.RS256, JWSAlgorithm.PS256),
            new RSASSAVerifier(rsa.toPublicJWK()));
      }
      if (jwk instanceof OctetKeyPair okp && okp.getCurve().equals(Curve.Ed25519)) {
        return of(jwk, Ed25519Verifier.ALGORITHMS, new Ed25519Verifier(okp));
      }
      return null;
    } catch (JOSEException | GeneralSecurityException e) {
      return null;
    }
  }

  private static @Nullable PublishedKey of(
      JWK jwk, Set<JWSAlgorithm> possible, JWSVerifier verifier) {
    Algorithm named = jwk.getAlgorithm();
    if (named == null) {
      return new PublishedKey(jwk, possible, verifier);
    }
    JWSAlgorithm one = JWSAlgorithm.parse(named.getName());
    if (!possible.contains(one)) {
      return null;
    }
    // EdDSA and Ed25519 are two names of one algorithm
    boolean sameByAnyName = possible.equals(Ed25519Verifier.ALGORITHMS);
    return new PublishedKey(jwk, sameByAnyName ? possible : Set.of(one), verifier);
  }

  String kid() {
    return jwk.getKeyID();
  }

  boolean allows(JWSAlgorithm algorithm) {
    return algorithms.contains(algorithm);
  }

  /** Whether the key made the signature, by an algorithm of its own. */
  boolean verifies(SignedJWT jwt) {
    try {
      return allows(jwt.getHeader().getAlgorithm()) && jwt.verify(verifier);
    } catch (JOSEException e) {
      // signatures of a wrong length and the like
      return false;
    }
  }
}
