package io.postern.jose;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.crypto.impl.ECDSA;
import io.postern.crypto.CryptoProvider;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.Signature;
import java.util.EnumMap;
import java.util.Map;

/** Verifies signatures. Confined to one thread: it reuses its signature objects. */
public final class JwsVerifier {
  private final Map<SignatureAlgorithm, Signature> signatures =
      new EnumMap<>(SignatureAlgorithm.class);

  public JwsVerifier(CryptoProvider provider) {
    for (SignatureAlgorithm algorithm : SignatureAlgorithm.values()) {
      signatures.put(algorithm, algorithm.newSignature(provider));
    }
  }

  /** Whether the key made the JWT's signature with that algorithm. */
  public boolean verify(StrictJwt jwt, SignatureAlgorithm algorithm, PublicKey key) {
    byte[] bytes = jwt.signature();
    if (!algorithm.allowsLength(bytes.length)) {
      return false;
    }
    Signature signature = signatures.get(algorithm);
    if (signature == null) {
      throw new IllegalStateException("no signature object for " + algorithm);
    }
    try {
      if (algorithm.keyType().jcaName().equals("EC")) {
        // r or s of zero has passed for valid in providers before (CVE-2022-21449)
        ECDSA.ensureLegalSignature(bytes, JWSAlgorithm.parse(algorithm.value()));
      }
      signature.initVerify(key);
      signature.update(jwt.signingInput());
      return signature.verify(bytes);
    } catch (GeneralSecurityException | JOSEException e) {
      // RSA signatures of a wrong length and the like: bad, not broken
      return false;
    }
  }
}
