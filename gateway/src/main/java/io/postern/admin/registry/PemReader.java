package io.postern.admin.registry;

import io.postern.jose.UnfitKeyException;
import io.postern.jose.VerificationKey;
import java.io.IOException;
import java.io.StringReader;
import java.time.Instant;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.openssl.PEMParser;
import org.jspecify.annotations.Nullable;

/**
 * Reads a public key or an X.509 certificate in PEM (RFC 7468 §5, §13). A certificate is only a
 * wrapping: nobody's signature on it is checked.
 */
final class PemReader {
  private PemReader() {}

  /**
   * The key of a text with exactly one PEM object.
   *
   * @throws UnfitKeyException in words that quote nothing of the text
   */
  static KeyUpload read(String pem) throws UnfitKeyException {
    if (pem.contains("PRIVATE KEY")) {
      throw unfit("is private: send the public key alone, and replace this one");
    }
    Object object;
    try (PEMParser parser = new PEMParser(new StringReader(pem))) {
      object = parser.readObject();
      if (object == null || parser.readObject() != null) {
        throw unfit("must be one PEM object");
      }
      return upload(object);
    } catch (IOException | RuntimeException e) {
      // the parser throws all kinds of exceptions for malformed content
      throw unfit("is malformed");
    }
  }

  private static KeyUpload upload(Object object) throws UnfitKeyException {
    return switch (object) {
      case SubjectPublicKeyInfo info -> upload(info, null);
      case X509CertificateHolder certificate ->
          upload(certificate.getSubjectPublicKeyInfo(), certificate.getNotAfter().toInstant());
      default -> throw unfit("must be a PUBLIC KEY, an RSA PUBLIC KEY or a CERTIFICATE");
    };
  }

  private static KeyUpload upload(SubjectPublicKeyInfo info, @Nullable Instant notAfter)
      throws UnfitKeyException {
    return new KeyUpload(VerificationKey.of(info), null, null, notAfter);
  }

  private static UnfitKeyException unfit(String detail) {
    return new UnfitKeyException("", detail);
  }
}
