package io.postern.tls;

import io.postern.tls.UnfitTlsFileException.Role;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.core.net.ServerSSLOptions;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.X509KeyManager;
import org.jspecify.annotations.Nullable;

/**
 * What a listener shows and trusts in its handshakes: the content of its files, of which the key is
 * known to be the certificate's. Immutable; its text form leaves the key out.
 */
public final class TlsMaterial {
  // RFC 9325 §4.2: forward secrecy and AEAD only
  private static final List<String> CIPHER_SUITES =
      List.of(
          "TLS_AES_128_GCM_SHA256",
          "TLS_AES_256_GCM_SHA384",
          "TLS_CHACHA20_POLY1305_SHA256",
          "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
          "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
          "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
          "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
          "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
          "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256");
  // RFC 9325 §3.1.1
  private static final Set<String> PROTOCOLS = new LinkedHashSet<>(List.of("TLSv1.3", "TLSv1.2"));

  private final FileContents contents;
  private final List<X509Certificate> chain;
  private final PrivateKey key;

  private record FileContents(
      Buffer certificates, Buffer privateKey, @Nullable Buffer clientAuthorities) {
    @Override
    public String toString() {
      return "FileContents[redacted]";
    }
  }

  private TlsMaterial(FileContents contents, List<X509Certificate> chain, PrivateKey key) {
    this.contents = contents;
    this.chain = chain;
    this.key = key;
  }

  /**
   * Reads the files.
   *
   * @throws UnfitTlsFileException when one is missing or malformed, or they do not fit together
   */
  public static TlsMaterial read(TlsFiles files) throws UnfitTlsFileException {
    return parse(files, contents(files));
  }

  /** Reads the files; the same object when nothing in them has changed. */
  TlsMaterial readAgain(TlsFiles files) throws UnfitTlsFileException {
    FileContents present = contents(files);
    return present.equals(contents) ? this : parse(files, present);
  }

  private static FileContents contents(TlsFiles files) throws UnfitTlsFileException {
    Path authorities = files.clientAuthorities();
    return new FileContents(
        PemObjects.read(files.certificates(), Role.CERTIFICATES),
        PemObjects.read(files.privateKey(), Role.PRIVATE_KEY),
        authorities == null ? null : PemObjects.read(authorities, Role.CLIENT_AUTHORITIES));
  }

  private static TlsMaterial parse(TlsFiles files, FileContents contents)
      throws UnfitTlsFileException {
    List<X509Certificate> chain =
        PemObjects.certificates(contents.certificates(), files.certificates(), Role.CERTIFICATES);
    for (int i = 1; i < chain.size(); i++) {
      // RFC 5246 §7.4.2: each certificate certifies the one before it
      if (!chain
          .get(i - 1)
          .getIssuerX500Principal()
          .equals(chain.get(i).getSubjectX500Principal())) {
        throw new UnfitTlsFileException(
            Role.CERTIFICATES,
            "%s is out of order: certificate %d is not the issuer of the one before it"
                .formatted(files.certificates(), i + 1));
      }
    }
    PrivateKey key = PemObjects.privateKey(contents.privateKey(), files.privateKey());
    if (!isPair(chain.getFirst(), key)) {
      throw PemObjects.unfitKey(
          "%s is not the key of the first certificate in %s"
              .formatted(files.privateKey(), files.certificates()));
    }
    Buffer authorities = contents.clientAuthorities();
    Path authoritiesFile = files.clientAuthorities();
    if (authorities != null && authoritiesFile != null) {
      PemObjects.certificates(authorities, authoritiesFile, Role.CLIENT_AUTHORITIES);
    }
    return new TlsMaterial(contents, chain, key);
  }

  private static boolean isPair(X509Certificate certificate, PrivateKey key) {
    if (!certificate.getPublicKey().getAlgorithm().equals(key.getAlgorithm())) {
      return false;
    }
    byte[] probe = "postern".getBytes(StandardCharsets.US_ASCII);
    try {
      Signature signature =
          Signature.getInstance(
              key.getAlgorithm().equals("RSA") ? "SHA256withRSA" : "SHA256withECDSA");
      signature.initSign(key);
      signature.update(probe);
      byte[] signed = signature.sign();
      signature.initVerify(certificate.getPublicKey());
      signature.update(probe);
      return signature.verify(signed);
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  /** The same for Vert.x. */
  ServerSSLOptions options() {
    return configure(new ServerSSLOptions());
  }

  /** Adds it to a listener's options. */
  ServerSSLOptions configure(ServerSSLOptions options) {
    options
        .setKeyCertOptions(
            new PemKeyCertOptions()
                .setCertValue(contents.certificates())
                .setKeyValue(contents.privateKey()))
        .setEnabledSecureTransportProtocols(PROTOCOLS);
    CIPHER_SUITES.forEach(options::addEnabledCipherSuite);
    Buffer authorities = contents.clientAuthorities();
    if (authorities != null) {
      // asked for in the handshake, required by ClientCertificates
      options
          .setTrustOptions(new PemTrustOptions().addCertValue(authorities))
          .setClientAuth(ClientAuth.REQUEST);
    }
    return options;
  }

  /** The same for a client of the JDK. */
  public X509KeyManager keyManager() {
    try {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      store.setKeyEntry("own", key, new char[0], chain.toArray(X509Certificate[]::new));
      KeyManagerFactory factory =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      factory.init(store, new char[0]);
      return (X509KeyManager) factory.getKeyManagers()[0];
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** When the first certificate of the chain expires. */
  Instant notAfter() {
    return chain.stream()
        .map(certificate -> certificate.getNotAfter().toInstant())
        .min(Instant::compareTo)
        .orElseThrow();
  }

  /** When all certificates of the chain have become valid. */
  Instant notBefore() {
    return chain.stream()
        .map(certificate -> certificate.getNotBefore().toInstant())
        .max(Instant::compareTo)
        .orElseThrow();
  }

  @Override
  public String toString() {
    return chain.getFirst().getSubjectX500Principal() + " until " + notAfter();
  }
}
