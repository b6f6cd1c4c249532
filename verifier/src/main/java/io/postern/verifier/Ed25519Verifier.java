package io.postern.verifier;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.impl.BaseJWSProvider;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.util.Base64URL;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.HexFormat;
import java.util.Set;

/**
 * Verifies EdDSA on Curve25519 (RFC 8037) by the JDK. The library's own verifier needs Tink.
 * Thread-safe.
 */
final class Ed25519Verifier extends BaseJWSProvider implements JWSVerifier {
  static final Set<JWSAlgorithm> ALGORITHMS = Set.of(JWSAlgorithm.EdDSA, JWSAlgorithm.Ed25519);

  // RFC 8410 §4: SubjectPublicKeyInfo up to the key itself
  private static final byte[] PREFIX = HexFormat.of().parseHex("302a300506032b6570032100");
  private static final int KEY_BYTES = 32;
  private static final int SIGNATURE_BYTES = 64;

  private final PublicKey key;

  /**
   * @throws GeneralSecurityException when it is no such key
   */
  Ed25519Verifier(OctetKeyPair jwk) throws GeneralSecurityException {
    super(ALGORITHMS);
    byte[] point = jwk.getDecodedX();
    if (point.length != KEY_BYTES) {
      throw new GeneralSecurityException("an Ed25519 key has 32 bytes");
    }
    byte[] encoded = new byte[PREFIX.length + KEY_BYTES];
    System.arraycopy(PREFIX, 0, encoded, 0, PREFIX.length);
    System.arraycopy(point, 0, encoded, PREFIX.length, KEY_BYTES);
    this.key = KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(encoded));
  }

  @Override
  public boolean verify(JWSHeader header, byte[] signingInput, Base64URL signature) {
    byte[] bytes = signature.decode();
    if (!ALGORITHMS.contains(header.getAlgorithm()) || bytes.length != SIGNATURE_BYTES) {
      return false;
    }
    try {
      Signature verification = Signature.getInstance("Ed25519");
      verification.initVerify(key);
      verification.update(signingInput);
      return verification.verify(bytes);
    } catch (GeneralSecurityException e) {
      // a point that is not on the curve and the like: bad, not broken
      return false;
    }
  }
}
