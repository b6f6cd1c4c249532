package io.postern.admin.registry;

import io.postern.jose.UnfitKeyException;
import java.io.IOException;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.RSASSAPSSparams;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;

/** RSA keys that are for RSASSA-PSS alone (RFC 4055 §1.2); of its kinds JOSE has PS256 here. */
final class PssKey {
  /** RFC 7518 §3.5: as long as the hash. */
  private static final int PS256_SALT_BYTES = 32;

  private PssKey() {}

  static boolean is(SubjectPublicKeyInfo info) {
    return info.getAlgorithm().getAlgorithm().equals(PKCSObjectIdentifiers.id_RSASSA_PSS);
  }

  /** The key of one that is fit for PS256, as any RSA key has it. */
  static SubjectPublicKeyInfo asRsa(SubjectPublicKeyInfo info) throws UnfitKeyException {
    ASN1Encodable parameters = info.getAlgorithm().getParameters();
    if (parameters != null && !isFitForPs256(RSASSAPSSparams.getInstance(parameters))) {
      throw new UnfitKeyException(
          "", "is bound to RSASSA-PSS with other parameters than PS256 has");
    }
    try {
      return new SubjectPublicKeyInfo(
          new AlgorithmIdentifier(PKCSObjectIdentifiers.rsaEncryption, DERNull.INSTANCE),
          info.parsePublicKey());
    } catch (IOException e) {
      throw new UnfitKeyException("", "is malformed");
    }
  }

  private static boolean isFitForPs256(RSASSAPSSparams parameters) {
    AlgorithmIdentifier mask = parameters.getMaskGenAlgorithm();
    return isSha256(parameters.getHashAlgorithm())
        && mask.getAlgorithm().equals(PKCSObjectIdentifiers.id_mgf1)
        && isSha256(AlgorithmIdentifier.getInstance(mask.getParameters()))
        // RFC 4055 §3.3: the least length of salts
        && parameters.getSaltLength().intValueExact() <= PS256_SALT_BYTES;
  }

  private static boolean isSha256(AlgorithmIdentifier hash) {
    return hash.getAlgorithm().equals(NISTObjectIdentifiers.id_sha256);
  }
}
