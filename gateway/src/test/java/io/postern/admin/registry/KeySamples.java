package io.postern.admin.registry;

import io.postern.jose.UnfitKeyException;
import io.postern.jose.VerificationKey;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.jspecify.annotations.Nullable;

/** Key pairs, and the texts that carry them. */
final class KeySamples {
  static final KeyPair EC = pair("EC", 256);
  static final KeyPair RSA = pair("RSA", 2048);
  static final KeyPair ED25519 = pair("Ed25519", 255);

  /** When certificates begin and end, unless that is what they are for. */
  static final Instant BEGIN = Instant.parse("2020-01-01T00:00:00Z");

  static final Instant END = Instant.parse("2100-01-01T00:00:00Z");

  private KeySamples() {}

  static KeyPair pair(String algorithm, int bits) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
      generator.initialize(bits);
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  static VerificationKey key(KeyPair pair) {
    try {
      return VerificationKey.of(info(pair));
    } catch (UnfitKeyException e) {
      throw new IllegalStateException(e);
    }
  }

  static SubjectPublicKeyInfo info(KeyPair pair) {
    return SubjectPublicKeyInfo.getInstance(pair.getPublic().getEncoded());
  }

  static String base64(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }

  static String pem(String label, byte[] der) {
    return "-----BEGIN %s-----\n%s\n-----END %s-----\n"
        .formatted(label, Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der), label);
  }

  static String publicPem(KeyPair pair) {
    return pem("PUBLIC KEY", pair.getPublic().getEncoded());
  }

  /** PKCS #1. */
  static byte[] rsaPublicKey() {
    return encoded(() -> info(RSA).parsePublicKey().getEncoded());
  }

  /** The RSA key, bound to RSASSA-PSS. */
  static byte[] pss(@Nullable ASN1Encodable parameters) {
    var algorithm = new AlgorithmIdentifier(PKCSObjectIdentifiers.id_RSASSA_PSS, parameters);
    return encoded(
        () -> new SubjectPublicKeyInfo(algorithm, info(RSA).parsePublicKey()).getEncoded());
  }

  /** A line as {@code ssh-keygen} writes it (RFC 4253 §6.6, RFC 5656 §3.1, RFC 8709 §4). */
  static String ssh(KeyPair pair) {
    byte[] point = info(pair).getPublicKeyData().getOctets();
    return switch (pair.getPublic()) {
      case RSAPublicKey rsa ->
          sshLine("ssh-rsa", rsa.getPublicExponent().toByteArray(), rsa.getModulus().toByteArray());
      case ECPublicKey ec -> {
        String curve = "nistp" + ec.getParams().getCurve().getField().getFieldSize();
        yield sshLine("ecdsa-sha2-" + curve, curve.getBytes(StandardCharsets.US_ASCII), point);
      }
      default -> sshLine("ssh-ed25519", point);
    };
  }

  private static String sshLine(String type, byte[]... parts) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeInt(type.length());
      out.writeBytes(type);
      for (byte[] part : parts) {
        out.writeInt(part.length);
        out.write(part);
      }
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    return type + " " + base64(bytes.toByteArray()) + " me@host.example";
  }

  /**
   * A certificate.
   *
   * @param usage the bits of its key usage, or null for none
   */
  static byte[] certificate(
      KeyPair subjectKeys,
      String subject,
      String issuer,
      Instant from,
      Instant to,
      @Nullable Integer usage) {
    try {
      var builder =
          new JcaX509v3CertificateBuilder(
              new X500Name("CN=" + issuer),
              BigInteger.ONE,
              Date.from(from),
              Date.from(to),
              new X500Name("CN=" + subject),
              subjectKeys.getPublic());
      if (usage != null) {
        builder.addExtension(Extension.keyUsage, true, new KeyUsage(usage));
      }
      // nobody checks whose signature it is
      var signer = new JcaContentSignerBuilder("SHA256withECDSA").build(EC.getPrivate());
      return builder.build(signer).getEncoded();
    } catch (IOException | OperatorCreationException e) {
      throw new IllegalStateException(e);
    }
  }

  static byte[] certificate(
      KeyPair subjectKeys, String subject, String issuer, @Nullable Integer usage) {
    return certificate(subjectKeys, subject, issuer, BEGIN, END, usage);
  }

  private interface Encoding {
    byte[] get() throws IOException;
  }

  private static byte[] encoded(Encoding encoding) {
    try {
      return encoding.get();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
