package io.postern.tls;

import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.openssl.PEMEncryptedKeyPair;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.pkcs.PKCS8EncryptedPrivateKeyInfo;

/**
 * What is in a PEM file (RFC 7468): certificates and at most one unencrypted private key, as PKCS
 * #8, or as OpenSSL wrote RSA and EC keys before. Anything else in it is passed over.
 */
final class PemObjects {
  /** Far more than a chain takes. */
  private static final int MAX_BYTES = 1024 * 1024;

  private PemObjects() {}

  static Buffer read(Path file, UnfitTlsFileException.Role role) throws UnfitTlsFileException {
    try {
      if (Files.size(file) > MAX_BYTES) {
        throw new UnfitTlsFileException(role, file + " is larger than 1 MiB");
      }
      return Buffer.buffer(Files.readAllBytes(file));
    } catch (IOException e) {
      throw new UnfitTlsFileException(role, "the file " + file + " cannot be read");
    }
  }

  /** The certificates, one or more, in their order. */
  static List<X509Certificate> certificates(Buffer pem, Path file, UnfitTlsFileException.Role role)
      throws UnfitTlsFileException {
    List<X509Certificate> certificates = new ArrayList<>();
    try {
      for (Object object : objects(pem)) {
        if (object instanceof X509CertificateHolder holder) {
          certificates.add(new JcaX509CertificateConverter().getCertificate(holder));
        }
      }
    } catch (IOException | GeneralSecurityException | RuntimeException e) {
      // the parser throws all kinds of exceptions for malformed content
      throw new UnfitTlsFileException(role, file + " is not well-formed PEM");
    }
    if (certificates.isEmpty()) {
      throw new UnfitTlsFileException(
          role, file + " has no certificate in PEM (-----BEGIN CERTIFICATE-----)");
    }
    return certificates;
  }

  /** The one private key. */
  static PrivateKey privateKey(Buffer pem, Path file) throws UnfitTlsFileException {
    List<PrivateKeyInfo> keys = new ArrayList<>();
    try {
      for (Object object : objects(pem)) {
        switch (object) {
          case PrivateKeyInfo key -> keys.add(key);
          case PEMKeyPair pair -> keys.add(pair.getPrivateKeyInfo());
          case PKCS8EncryptedPrivateKeyInfo ignored -> throw encrypted(file);
          case PEMEncryptedKeyPair ignored -> throw encrypted(file);
          default -> {}
        }
      }
    } catch (IOException | RuntimeException e) {
      throw unfitKey(file + " is not well-formed PEM");
    }
    if (keys.size() != 1) {
      throw unfitKey(
          keys.isEmpty()
              ? file + " has no private key in PEM (-----BEGIN PRIVATE KEY-----)"
              : file + " has more than one private key");
    }
    try {
      return decode(keys.getFirst(), file);
    } catch (IOException | GeneralSecurityException e) {
      throw unfitKey(file + " has a private key that cannot be decoded");
    }
  }

  private static PrivateKey decode(PrivateKeyInfo key, Path file)
      throws UnfitTlsFileException, IOException, GeneralSecurityException {
    var algorithm = key.getPrivateKeyAlgorithm().getAlgorithm();
    String name;
    if (algorithm.equals(PKCSObjectIdentifiers.rsaEncryption)) {
      name = "RSA";
    } else if (algorithm.equals(X9ObjectIdentifiers.id_ecPublicKey)) {
      name = "EC";
    } else {
      throw unfitKey(file + " has a private key that is neither RSA nor EC");
    }
    return KeyFactory.getInstance(name).generatePrivate(new PKCS8EncodedKeySpec(key.getEncoded()));
  }

  private static List<Object> objects(Buffer pem) throws IOException {
    List<Object> objects = new ArrayList<>();
    try (PEMParser parser =
        new PEMParser(new StringReader(pem.toString(StandardCharsets.ISO_8859_1)))) {
      for (Object object = parser.readObject(); object != null; object = parser.readObject()) {
        objects.add(object);
      }
    }
    return objects;
  }

  private static UnfitTlsFileException encrypted(Path file) {
    return unfitKey(
        file + " has an encrypted private key; openssl pkcs8 -topk8 -nocrypt takes it off");
  }

  static UnfitTlsFileException unfitKey(String message) {
    return new UnfitTlsFileException(UnfitTlsFileException.Role.PRIVATE_KEY, message);
  }
}
