package io.postern.jose;

import io.postern.crypto.CryptoProvider;
import java.security.InvalidAlgorithmParameterException;
import java.security.Signature;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A JWS signature algorithm that Postern makes or accepts (RFC 7518 §3.1, RFC 8037 §3.1). */
public enum SignatureAlgorithm {
  ES256("ES256", KeyType.P_256, "SHA256withECDSAinP1363Format", 64),
  ES384("ES384", KeyType.P_384, "SHA384withECDSAinP1363Format", 96),
  ES512("ES512", KeyType.P_521, "SHA512withECDSAinP1363Format", 132),
  RS256("RS256", KeyType.RSA, "SHA256withRSA", 0),
  PS256("PS256", KeyType.RSA, "RSASSA-PSS", 0),
  EDDSA("EdDSA", KeyType.ED25519, "Ed25519", 64);

  /** What access tokens may be signed with. */
  public static final List<SignatureAlgorithm> FOR_TOKENS = List.of(ES256, RS256, PS256, EDDSA);

  private static final PSSParameterSpec PS256_PARAMETERS =
      new PSSParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, 32, 1);

  private final String value;
  private final KeyType keyType;
  private final String jcaName;
  private final int signatureLength;

  SignatureAlgorithm(String value, KeyType keyType, String jcaName, int signatureLength) {
    this.value = value;
    this.keyType = keyType;
    this.jcaName = jcaName;
    this.signatureLength = signatureLength;
  }

  /** The value of {@code alg}. */
  public String value() {
    return value;
  }

  /** The one type of key that it is used with. */
  public KeyType keyType() {
    return keyType;
  }

  /** Whether a signature takes so long that an event loop should not wait for it. */
  public boolean isSlow() {
    return keyType == KeyType.RSA;
  }

  /** Whether a signature may have that many bytes; RSA's depends on its key. */
  public boolean allowsLength(int bytes) {
    return signatureLength == 0 || signatureLength == bytes;
  }

  /** A signature object that makes and takes JOSE's form of the signature; not thread-safe. */
  public Signature newSignature(CryptoProvider provider) {
    Signature signature = provider.signature(jcaName);
    if (this == PS256) {
      try {
        signature.setParameter(PS256_PARAMETERS);
      } catch (InvalidAlgorithmParameterException e) {
        throw new IllegalStateException("the provider refuses the parameters of PS256", e);
      }
    }
    return signature;
  }

  /**
   * The algorithm of that exact name, or null. RFC 9864 names EdDSA on Curve25519 {@code Ed25519}.
   */
  public static @Nullable SignatureAlgorithm find(String alg) {
    return switch (alg) {
      case "ES256" -> ES256;
      case "ES384" -> ES384;
      case "ES512" -> ES512;
      case "RS256" -> RS256;
      case "PS256" -> PS256;
      case "EdDSA", "Ed25519" -> EDDSA;
      default -> null;
    };
  }
}
