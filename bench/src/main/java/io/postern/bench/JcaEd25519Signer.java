package io.postern.bench;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.impl.EdDSAProvider;
import com.nimbusds.jose.util.Base64URL;
import io.postern.crypto.CryptoProvider;
import io.postern.jose.SignatureAlgorithm;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;

/**
 * Ed25519 for Nimbus with a provider of the JCA. Its own signer can do it with Tink alone, which
 * would compare two implementations of the signature instead of two ways around it.
 */
final class JcaEd25519Signer extends EdDSAProvider implements JWSSigner {
  private final CryptoProvider crypto;
  private final PrivateKey key;

  JcaEd25519Signer(CryptoProvider crypto, PrivateKey key) {
    this.crypto = crypto;
    this.key = key;
  }

  // a signature object for each call, as in Nimbus' other signers
  @Override
  public Base64URL sign(JWSHeader header, byte[] signingInput) throws JOSEException {
    try {
      Signature signature = SignatureAlgorithm.EDDSA.newSignature(crypto);
      signature.initSign(key);
      signature.update(signingInput);
      return Base64URL.encode(signature.sign());
    } catch (GeneralSecurityException e) {
      throw new JOSEException("the key cannot sign", e);
    }
  }
}
