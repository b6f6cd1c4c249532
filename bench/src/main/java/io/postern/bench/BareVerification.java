package io.postern.bench;

import io.postern.crypto.CryptoProvider;
import io.postern.jose.SignatureAlgorithm;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.Signature;
import java.util.Base64;

/**
 * The floor under every assertion: one verification of a JWT's signature, with a key that the
 * signature object must first be given, as each client has its own. Confined to one thread.
 */
final class BareVerification {
  private final Signature signature;
  private final PublicKey key;
  private final byte[] signingInput;
  private final byte[] bytes;

  BareVerification(CryptoProvider crypto, SignatureAlgorithm algorithm, PublicKey key, String jwt) {
    this.signature = algorithm.newSignature(crypto);
    this.key = key;
    this.signingInput = BareSignature.signingInput(jwt);
    this.bytes = Base64.getUrlDecoder().decode(jwt.substring(signingInput.length + 1));
  }

  boolean verify() throws GeneralSecurityException {
    signature.initVerify(key);
    signature.update(signingInput);
    return signature.verify(bytes);
  }
}
