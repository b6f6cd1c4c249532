package io.postern.testing;

import com.nimbusds.jose.jwk.JWK;
import io.postern.crypto.CryptoProvider;
import io.postern.jose.SignatureAlgorithm;
import io.postern.jose.SigningKey;
import io.postern.jose.SigningKeyGenerator;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.text.ParseException;
import java.util.HashMap;
import java.util.Map;

/**
 * A client's key pair.
 *
 * @param algorithm what it signs with here
 * @param jwk its public part, which names an algorithm only after {@link #restricted}
 */
public record TestKey(SignatureAlgorithm algorithm, JWK jwk, PrivateKey privateKey) {
  private static final CryptoProvider CRYPTO = CryptoProvider.best();

  /** A new key pair; its {@code kid} is its thumbprint. */
  public static TestKey generate(SignatureAlgorithm algorithm) {
    SigningKey key = new SigningKeyGenerator(CRYPTO).generate(algorithm, SigningKey.State.ACTIVE);
    return new TestKey(algorithm, changed(key.publicJwk(), "alg", null), key.privateKey());
  }

  /** The same pair, signing with another algorithm. */
  public TestKey as(SignatureAlgorithm other) {
    return new TestKey(other, jwk, privateKey);
  }

  /** The same pair under another name. */
  public TestKey named(String kid) {
    return new TestKey(algorithm, changed(jwk, "kid", kid), privateKey);
  }

  /** The same pair, its JWK bound to the algorithm that it signs with. */
  public TestKey restricted() {
    return new TestKey(algorithm, changed(jwk, "alg", algorithm.value()), privateKey);
  }

  public String kid() {
    return jwk.getKeyID();
  }

  /** The signature in JOSE's form. */
  public byte[] sign(byte[] input) {
    try {
      Signature signature = algorithm.newSignature(CRYPTO);
      signature.initSign(privateKey);
      signature.update(input);
      return signature.sign();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static JWK changed(JWK jwk, String member, Object value) {
    Map<String, Object> json = new HashMap<>(jwk.toJSONObject());
    json.put(member, value);
    json.values().removeIf(present -> present == null);
    try {
      return JWK.parse(json);
    } catch (ParseException e) {
      throw new IllegalStateException(e);
    }
  }
}
