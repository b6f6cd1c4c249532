package io.postern.admin.registry;

import io.postern.jose.UnfitKeyException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.X509CertificateHolder;

/**
 * X.509 certificates (RFC 5280) as what public keys come wrapped in. They say whether and until
 * when the key may sign; nobody's signature on them is checked, since an administrator vouches for
 * the key.
 */
final class Certificates {
  /** How far the clocks of an authority and of a gateway may be apart. */
  private static final Duration CLOCK_SKEW = Duration.ofMinutes(1);

  private Certificates() {}

  /**
   * The key's certificate of a chain, in whatever order it stands: the one that issued none of the
   * others.
   */
  static X509CertificateHolder leaf(List<X509CertificateHolder> chain) throws UnfitKeyException {
    Set<X500Name> issuers =
        chain.stream()
            .filter(certificate -> !isSelfIssued(certificate))
            .map(X509CertificateHolder::getIssuer)
            .collect(Collectors.toSet());
    List<X509CertificateHolder> leaves =
        chain.stream()
            .distinct()
            .filter(certificate -> !issuers.contains(certificate.getSubject()))
            .toList();
    if (leaves.size() != 1) {
      throw new UnfitKeyException(
          "",
          "holds %d certificates that are not one chain: send the agent's alone"
              .formatted(chain.size()));
    }
    return leaves.getFirst();
  }

  private static boolean isSelfIssued(X509CertificateHolder certificate) {
    return certificate.getIssuer().equals(certificate.getSubject());
  }

  /** The key of a certificate that may sign now; one that has ended says so by its end. */
  static KeyUpload upload(X509CertificateHolder certificate, Instant now) throws UnfitKeyException {
    Instant notBefore = certificate.getNotBefore().toInstant();
    if (notBefore.isAfter(now.plus(CLOCK_SKEW))) {
      throw new UnfitKeyException(
          "",
          "is a certificate that is valid only from %s: send it then, or now its public key alone"
              .formatted(notBefore));
    }
    // RFC 5280 §4.2.1.3: where the extension is, digitalSignature is what entity authentication
    // takes; nonRepudiation is for what shall bind the signer later
    Extension usage = certificate.getExtension(Extension.keyUsage);
    if (usage != null
        && !KeyUsage.getInstance(usage.getParsedValue()).hasUsages(KeyUsage.digitalSignature)) {
      throw new UnfitKeyException(
          "",
          "is a certificate whose key usage excludes signing:"
              + " send one that has digitalSignature, or no key usage");
    }
    return KeyUpload.of(
        certificate.getSubjectPublicKeyInfo(), certificate.getNotAfter().toInstant());
  }
}
