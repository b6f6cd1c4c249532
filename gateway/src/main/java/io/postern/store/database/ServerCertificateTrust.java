package io.postern.store.database;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateFactory;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Judges a server's certificate as the JDK does, and says of one that is refused which it is, why,
 * and what to do.
 */
final class ServerCertificateTrust extends X509ExtendedTrustManager {

  /** A server's certificate is not believed; one line says which and why. */
  static final class UntrustedServerException extends CertificateException {
    private static final long serialVersionUID = 1;

    // without a cause: this is what is told, also by who looks for the root of a failure
    UntrustedServerException(String message) {
      super(message);
    }
  }

  /** The work of the JDK, with the names that the socket or engine asks for. */
  @FunctionalInterface
  private interface Check {
    void run() throws CertificateException;
  }

  private final X509ExtendedTrustManager jdk;
  private final String roots;
  // by host, of those in the URL
  private final Map<String, String> refusals = new ConcurrentHashMap<>();

  private ServerCertificateTrust(@Nullable KeyStore store, String roots) {
    this.roots = roots;
    try {
      TrustManagerFactory factory =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      factory.init(store);
      this.jdk = (X509ExtendedTrustManager) factory.getTrustManagers()[0];
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Believes the roots that the JDK trusts. */
  static ServerCertificateTrust ofJdk() {
    return new ServerCertificateTrust(null, "the JDK's roots");
  }

  /**
   * Believes the certificates in a PEM file, which is read now.
   *
   * @throws IllegalArgumentException when there are none
   */
  static ServerCertificateTrust of(String file) {
    try (InputStream pem = Files.newInputStream(Path.of(file))) {
      Collection<? extends Certificate> certificates =
          CertificateFactory.getInstance("X.509").generateCertificates(pem);
      if (certificates.isEmpty()) {
        throw new CertificateException("none");
      }
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      for (Certificate certificate : certificates) {
        store.setCertificateEntry("root-" + store.size(), certificate);
      }
      return new ServerCertificateTrust(store, file);
    } catch (IOException | GeneralSecurityException e) {
      throw new IllegalArgumentException(
          "sslrootcert: %s has no certificates in PEM (-----BEGIN CERTIFICATE-----)"
              .formatted(file),
          e);
    }
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    judge(
        chain,
        authType,
        () -> jdk.checkServerTrusted(chain, authType, engine),
        engine.getSSLParameters(),
        engine.getHandshakeSession().getPeerHost());
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    judge(
        chain,
        authType,
        () -> jdk.checkServerTrusted(chain, authType, socket),
        ((SSLSocket) socket).getSSLParameters(),
        ((SSLSocket) socket).getHandshakeSession().getPeerHost());
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    judge(chain, authType, () -> {}, new SSLParameters(), "");
  }

  // The chain first and by itself: what then fails is the name, if one is asked for, or an
  // algorithm that is good enough for certificates but not for TLS.
  private void judge(
      X509Certificate[] chain, String authType, Check withName, SSLParameters asked, String host)
      throws CertificateException {
    try {
      jdk.checkServerTrusted(chain, authType);
    } catch (CertificateException e) {
      throw refused(host, whyNot(chain, e));
    }
    try {
      withName.run();
    } catch (CertificateException e) {
      String algorithm = asked.getEndpointIdentificationAlgorithm();
      boolean isName = algorithm != null && !algorithm.isEmpty() && e.getCause() == null;
      throw refused(
          host,
          isName
              ? "the server's certificate (%s) is for %s, not for %s: name such a host in the URL"
                  .formatted(name(chain[0]), names(chain[0]), host)
              : whyNot(chain, e));
    }
    refusals.remove(host);
  }

  private UntrustedServerException refused(String host, String why) {
    refusals.put(host, why);
    return new UntrustedServerException(why);
  }

  /**
   * Why the certificate of a host was refused last, or null. The client of Vert.x says of any
   * handshake only that it failed.
   */
  @Nullable String findRefusal(String host) {
    return refusals.get(host);
  }

  private String whyNot(X509Certificate[] chain, CertificateException e) {
    for (X509Certificate certificate : chain) {
      String which =
          certificate.equals(chain[0])
              ? "the server's certificate"
              : "a certificate that vouches for the server's";
      try {
        certificate.checkValidity();
      } catch (CertificateExpiredException expired) {
        return "%s (%s) has expired at %s: it needs a new one"
            .formatted(which, name(certificate), certificate.getNotAfter().toInstant());
      } catch (CertificateNotYetValidException early) {
        return "%s (%s) is valid only from %s on: look at the clocks"
            .formatted(which, name(certificate), certificate.getNotBefore().toInstant());
      }
    }
    X509Certificate last = chain[chain.length - 1];
    String reason = String.valueOf(e.getMessage());
    // the one message for a path that leads to no root
    return reason.contains("unable to find valid certification path")
            || reason.contains("Path does not chain with any of the trust anchors")
        ? "nobody in %s vouches for the server's certificate (%s), issued by %s: name its root's"
                .formatted(roots, name(chain[0]), last.getIssuerX500Principal())
            + " file with sslrootcert"
        : "the server's certificate (%s) is refused: %s".formatted(name(chain[0]), reason);
  }

  private static String name(X509Certificate certificate) {
    String subject = certificate.getSubjectX500Principal().getName();
    return subject.isEmpty() ? "serial " + certificate.getSerialNumber().toString(16) : subject;
  }

  private static String names(X509Certificate certificate) {
    try {
      Collection<List<?>> names = certificate.getSubjectAlternativeNames();
      return names == null
          ? commonName(certificate)
          : names.stream()
              .map(name -> String.valueOf(name.get(1)))
              .collect(Collectors.joining(", "));
    } catch (CertificateException e) {
      return "names that cannot be read";
    }
  }

  // what the JDK compares where there are no other names
  private static String commonName(X509Certificate certificate) {
    try {
      for (Rdn part : new LdapName(certificate.getSubjectX500Principal().getName()).getRdns()) {
        if (part.getType().equalsIgnoreCase("CN")) {
          return String.valueOf(part.getValue());
        }
      }
    } catch (InvalidNameException e) {
      // none that can be read
    }
    return "no host at all";
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return jdk.getAcceptedIssuers();
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    throw new CertificateException("there are no clients here");
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    throw new CertificateException("there are no clients here");
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    throw new CertificateException("there are no clients here");
  }
}
