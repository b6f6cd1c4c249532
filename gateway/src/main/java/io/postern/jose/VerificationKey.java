package io.postern.jose;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.util.Base64URL;
import java.io.IOException;
import java.math.BigInteger;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.edec.EdECObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.RSAPublicKey;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.crypto.ec.CustomNamedCurves;
import org.bouncycastle.math.ec.ECCurve;
import org.bouncycastle.math.ec.ECPoint;
import org.bouncycastle.math.ec.rfc8032.Ed25519;

/** A public key for signatures that has been found fit, in its one encoding. Immutable. */
public final class VerificationKey {
  private static final int MIN_RSA_BITS = 2048;
  private static final int MAX_RSA_BITS = 8192;
  private static final BigInteger MIN_EXPONENT = BigInteger.valueOf(65537);
  // Longer exponents make verification slow, and AWS-LC refuses them.
  private static final int MAX_EXPONENT_BITS = 33;

  private final KeyType type;
  private final JWK jwk;
  private final byte[] encoded;

  private VerificationKey(KeyType type, JWK jwk, SubjectPublicKeyInfo info) {
    this.type = type;
    this.jwk = jwk;
    try {
      this.encoded = info.getEncoded();
    } catch (IOException e) {
      throw new IllegalStateException("a checked key cannot be encoded", e);
    }
  }

  public KeyType type() {
    return type;
  }

  /** Its members in a JWK, without {@code kid} and {@code alg}. */
  public JWK jwk() {
    return jwk;
  }

  /** X.509 SubjectPublicKeyInfo. */
  public byte[] encoded() {
    return encoded.clone();
  }

  /** RFC 7638 with SHA-256. */
  public String thumbprint() {
    try {
      return jwk.computeThumbprint().toString();
    } catch (JOSEException e) {
      throw new IllegalStateException("SHA-256 is missing", e);
    }
  }

  public static VerificationKey rsa(BigInteger modulus, BigInteger exponent)
      throws UnfitKeyException {
    if (modulus.bitLength() < MIN_RSA_BITS || modulus.bitLength() > MAX_RSA_BITS) {
      throw new UnfitKeyException(
          "n", "must have %d to %d bits".formatted(MIN_RSA_BITS, MAX_RSA_BITS));
    }
    if (modulus.signum() < 0 || !modulus.testBit(0)) {
      throw new UnfitKeyException("n", "must be a product of odd primes");
    }
    // FIPS 186-5 §5.1: an odd exponent above 2^16
    if (exponent.compareTo(MIN_EXPONENT) < 0
        || !exponent.testBit(0)
        || exponent.bitLength() > MAX_EXPONENT_BITS) {
      throw new UnfitKeyException("e", "must be odd and from 65537 to 2^33");
    }
    JWK jwk = new RSAKey.Builder(Base64URL.encode(modulus), Base64URL.encode(exponent)).build();
    var algorithm = new AlgorithmIdentifier(PKCSObjectIdentifiers.rsaEncryption, DERNull.INSTANCE);
    return new VerificationKey(
        KeyType.RSA, jwk, info(algorithm, new RSAPublicKey(modulus, exponent)));
  }

  public static VerificationKey ec(KeyType type, BigInteger x, BigInteger y)
      throws UnfitKeyException {
    try {
      return ec(type, CustomNamedCurves.getByOID(oid(type)).getCurve().validatePoint(x, y));
    } catch (IllegalArgumentException e) {
      throw new UnfitKeyException("x", "must be a point on the curve, with y");
    }
  }

  public static VerificationKey ed25519(byte[] point) throws UnfitKeyException {
    if (point.length != Ed25519.PUBLIC_KEY_SIZE || !Ed25519.validatePublicKeyFull(point, 0)) {
      throw new UnfitKeyException("x", "must be a point on the curve, of prime order");
    }
    JWK jwk = new OctetKeyPair.Builder(Curve.Ed25519, Base64URL.encode(point)).build();
    // RFC 8410 §3: no parameters
    var algorithm = new AlgorithmIdentifier(EdECObjectIdentifiers.id_Ed25519);
    return new VerificationKey(KeyType.ED25519, jwk, new SubjectPublicKeyInfo(algorithm, point));
  }

  /** The key of a JWK that we have made or checked before. */
  public static VerificationKey of(JWK known) {
    try {
      return switch (known) {
        case RSAKey key ->
            rsa(
                key.getModulus().decodeToBigInteger(),
                key.getPublicExponent().decodeToBigInteger());
        case ECKey key ->
            ec(
                KeyType.require(key.getCurve().getName()),
                key.getX().decodeToBigInteger(),
                key.getY().decodeToBigInteger());
        case OctetKeyPair key -> ed25519(key.getDecodedX());
        default -> throw new IllegalStateException("a key of type " + known.getKeyType());
      };
    } catch (UnfitKeyException e) {
      throw new IllegalStateException("a known key is not fit", e);
    }
  }

  /** The key of a SubjectPublicKeyInfo. */
  public static VerificationKey of(SubjectPublicKeyInfo info) throws UnfitKeyException {
    ASN1ObjectIdentifier algorithm = info.getAlgorithm().getAlgorithm();
    try {
      if (algorithm.equals(PKCSObjectIdentifiers.rsaEncryption)) {
        RSAPublicKey key = RSAPublicKey.getInstance(info.parsePublicKey());
        return rsa(key.getModulus(), key.getPublicExponent());
      }
      if (algorithm.equals(X9ObjectIdentifiers.id_ecPublicKey)) {
        KeyType type = curve(info.getAlgorithm().getParameters());
        ECCurve curve = CustomNamedCurves.getByOID(oid(type)).getCurve();
        return ec(type, curve.decodePoint(info.getPublicKeyData().getOctets()));
      }
      if (algorithm.equals(EdECObjectIdentifiers.id_Ed25519)) {
        return ed25519(info.getPublicKeyData().getOctets());
      }
    } catch (IOException
        | IllegalArgumentException
        | IllegalStateException
        | ArithmeticException e) {
      throw new UnfitKeyException("x", "is no key of its algorithm");
    }
    throw new UnfitKeyException("kty", "must be RSA, EC or Ed25519");
  }

  private static VerificationKey ec(KeyType type, ECPoint point) throws UnfitKeyException {
    if (point.isInfinity() || !point.isValid()) {
      throw new UnfitKeyException("x", "must be a point on the curve, with y");
    }
    ECPoint affine = point.normalize();
    int bits = affine.getCurve().getFieldSize();
    JWK jwk =
        new ECKey.Builder(
                Curve.parse(type.value()),
                ECKey.encodeCoordinate(bits, affine.getAffineXCoord().toBigInteger()),
                ECKey.encodeCoordinate(bits, affine.getAffineYCoord().toBigInteger()))
            .build();
    // RFC 5480 §2.1.1: the curve by its name, the point uncompressed
    var algorithm = new AlgorithmIdentifier(X9ObjectIdentifiers.id_ecPublicKey, oid(type));
    return new VerificationKey(
        type, jwk, new SubjectPublicKeyInfo(algorithm, affine.getEncoded(false)));
  }

  private static KeyType curve(ASN1Encodable parameters) throws UnfitKeyException {
    for (KeyType type : new KeyType[] {KeyType.P_256, KeyType.P_384, KeyType.P_521}) {
      if (oid(type).equals(parameters)) {
        return type;
      }
    }
    throw new UnfitKeyException("crv", "must be P-256, P-384 or P-521, by name");
  }

  private static ASN1ObjectIdentifier oid(KeyType type) {
    return switch (type) {
      case P_256 -> SECObjectIdentifiers.secp256r1;
      case P_384 -> SECObjectIdentifiers.secp384r1;
      case P_521 -> SECObjectIdentifiers.secp521r1;
      case RSA, ED25519 -> throw new IllegalArgumentException(type + " is no curve of ECDSA");
    };
  }

  private static SubjectPublicKeyInfo info(AlgorithmIdentifier algorithm, ASN1Encodable key) {
    try {
      return new SubjectPublicKeyInfo(algorithm, key);
    } catch (IOException e) {
      throw new IllegalStateException("a checked key cannot be encoded", e);
    }
  }
}
