package io.postern.jose;

import com.nimbusds.jose.Algorithm;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.util.Base64URL;
import io.postern.crypto.CryptoProvider;
import java.security.KeyPair;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.util.Arrays;

/** Makes key pairs that sign access tokens. The {@code kid} is the RFC 7638 thumbprint. */
public final class SigningKeyGenerator {
  private static final int ED25519_LENGTH = 32;

  private final CryptoProvider provider;

  public SigningKeyGenerator(CryptoProvider provider) {
    this.provider = provider;
  }

  /** A new key pair in that state. */
  public SigningKey generate(SignatureAlgorithm algorithm, SigningKey.State state) {
    KeyPair pair = algorithm.keyType().generate(provider);
    JWK jwk = publicJwk(algorithm, pair.getPublic());
    return new SigningKey(jwk.getKeyID(), algorithm, state, null, jwk, pair.getPrivate());
  }

  private static JWK publicJwk(SignatureAlgorithm algorithm, PublicKey key) {
    Algorithm alg = Algorithm.parse(algorithm.value());
    try {
      return switch (algorithm.keyType()) {
        case P_256 -> ec(Curve.P_256, key, alg);
        case P_384 -> ec(Curve.P_384, key, alg);
        case P_521 -> ec(Curve.P_521, key, alg);
        case RSA ->
            new RSAKey.Builder((RSAPublicKey) key)
                .keyUse(KeyUse.SIGNATURE)
                .algorithm(alg)
                .keyIDFromThumbprint()
                .build();
        case ED25519 ->
            new OctetKeyPair.Builder(Curve.Ed25519, Base64URL.encode(ed25519(key)))
                .keyUse(KeyUse.SIGNATURE)
                .algorithm(alg)
                .keyIDFromThumbprint()
                .build();
      };
    } catch (JOSEException e) {
      throw new IllegalStateException("SHA-256 is not available", e);
    }
  }

  private static ECKey ec(Curve curve, PublicKey key, Algorithm alg) throws JOSEException {
    return new ECKey.Builder(curve, (ECPublicKey) key)
        .keyUse(KeyUse.SIGNATURE)
        .algorithm(alg)
        .keyIDFromThumbprint()
        .build();
  }

  // RFC 8410 §4: SubjectPublicKeyInfo ends with the 32 bytes of the key
  private static byte[] ed25519(PublicKey key) {
    byte[] encoded = key.getEncoded();
    return Arrays.copyOfRange(encoded, encoded.length - ED25519_LENGTH, encoded.length);
  }
}
