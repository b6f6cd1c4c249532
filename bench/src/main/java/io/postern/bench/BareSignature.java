package io.postern.bench;

import io.postern.crypto.CryptoProvider;
import io.postern.jose.SignatureAlgorithm;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;

/** The floor under every token: one signature of a JWT's signing input. Confined to one thread. */
final class BareSignature {
  private final Signature signature;
  private final byte[] signingInput;

  /**
   * @param jwt a compact JWT whose signing input is signed again and again
   */
  BareSignature(CryptoProvider crypto, SignatureAlgorithm algorithm, PrivateKey key, String jwt)
      throws GeneralSecurityException {
    this.signature = algorithm.newSignature(crypto);
    signature.initSign(key);
    this.signingInput = signingInput(jwt);
  }

  byte[] sign() throws GeneralSecurityException {
    signature.update(signingInput);
    return signature.sign();
  }

  /** What the signature of a compact JWT covers. */
  static byte[] signingInput(String jwt) {
    return jwt.substring(0, jwt.lastIndexOf('.')).getBytes(StandardCharsets.US_ASCII);
  }
}
