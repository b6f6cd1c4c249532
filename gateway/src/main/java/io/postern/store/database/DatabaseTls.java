package io.postern.store.database;

import io.postern.tls.TlsFiles;
import io.postern.tls.TlsMaterial;
import io.postern.tls.UnfitTlsFileException;
import io.vertx.core.net.ClientSSLOptions;
import io.vertx.core.net.KeyCertOptions;
import io.vertx.core.net.TrustOptions;
import io.vertx.pgclient.SslMode;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;
import javax.net.ssl.X509KeyManager;
import org.jspecify.annotations.Nullable;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * Whether and how TLS is spoken with PostgreSQL, for both clients: that of Vert.x and JDBC.
 *
 * @param mode as libpq's {@code sslmode}
 * @param roots who is believed, if the mode looks at certificates
 * @param rootCertificates the file of the roots, or null for those of the JDK
 * @param identity what is shown to a server that asks for a certificate, or null
 */
record DatabaseTls(
    SslMode mode,
    @Nullable ServerCertificateTrust roots,
    @Nullable String rootCertificates,
    @Nullable Identity identity) {

  /** A client certificate and its key, read from their files. */
  record Identity(String certificateFile, String keyFile, X509KeyManager keyManager) {
    static Identity read(String certificateFile, String keyFile) {
      try {
        TlsFiles files = new TlsFiles(Path.of(certificateFile), Path.of(keyFile), null);
        return new Identity(certificateFile, keyFile, TlsMaterial.read(files).keyManager());
      } catch (UnfitTlsFileException e) {
        throw new IllegalArgumentException("sslcert and sslkey: " + e.getMessage());
      }
    }
  }

  /** The name under which libpq knows the roots that the system trusts. */
  static final String SYSTEM_ROOTS = "system";

  /**
   * Puts the parameters together, and reads the files. Without a mode TLS is not spoken.
   *
   * @throws IllegalArgumentException when they do not go together, or a file cannot be read
   */
  static DatabaseTls parse(
      @Nullable String sslMode,
      @Nullable String rootCertificates,
      @Nullable String clientCertificate,
      @Nullable String clientKey) {
    SslMode mode = mode(sslMode == null ? SslMode.DISABLE.value : sslMode);
    if ((clientCertificate == null) != (clientKey == null)) {
      throw new IllegalArgumentException("sslcert and sslkey go together");
    }
    if (mode == SslMode.DISABLE && (rootCertificates != null || clientCertificate != null)) {
      throw new IllegalArgumentException(
          "sslrootcert, sslcert and sslkey need an sslmode, such as verify-full");
    }
    Identity identity =
        clientCertificate == null || clientKey == null
            ? null
            : Identity.read(clientCertificate, clientKey);
    if (rootCertificates == null) {
      return new DatabaseTls(
          mode, isVerifying(mode) ? ServerCertificateTrust.ofJdk() : null, null, identity);
    }
    boolean system = rootCertificates.equals(SYSTEM_ROOTS);
    // as libpq: anybody may have a certificate of a public authority
    if (system && mode != SslMode.VERIFY_FULL) {
      throw new IllegalArgumentException("sslrootcert=system needs sslmode=verify-full");
    }
    // as libpq: whoever names a root wants it to be looked at
    SslMode effective = mode == SslMode.REQUIRE ? SslMode.VERIFY_CA : mode;
    if (!isVerifying(effective)) {
      throw new IllegalArgumentException(
          "sslrootcert is not looked at with sslmode=%s: take verify-full".formatted(mode.value));
    }
    return new DatabaseTls(
        effective,
        system ? ServerCertificateTrust.ofJdk() : ServerCertificateTrust.of(rootCertificates),
        system ? null : rootCertificates,
        identity);
  }

  private static SslMode mode(String value) {
    return Arrays.stream(SslMode.values())
        .filter(mode -> mode.value.equals(value))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "sslmode=%s is not known: there are %s"
                        .formatted(
                            value,
                            Arrays.stream(SslMode.values())
                                .map(mode -> mode.value)
                                .collect(Collectors.joining(", ")))));
  }

  private static boolean isVerifying(SslMode mode) {
    return mode == SslMode.VERIFY_CA || mode == SslMode.VERIFY_FULL;
  }

  /** The same for Vert.x. */
  ClientSSLOptions options() {
    ClientSSLOptions ssl =
        new ClientSSLOptions()
            .setHostnameVerificationAlgorithm(mode == SslMode.VERIFY_FULL ? "HTTPS" : "");
    if (roots == null) {
      // encrypted, to whomever: that is what these modes promise
      ssl.setTrustAll(true);
    } else {
      ssl.setTrustOptions(TrustOptions.wrap(roots));
    }
    if (identity != null) {
      ssl.setKeyCertOptions(KeyCertOptions.wrap(identity.keyManager()));
    }
    return ssl;
  }

  /** Has a data source do the same. */
  void configure(PGSimpleDataSource source) {
    source.setSslMode(mode.value);
    if (mode != SslMode.DISABLE) {
      source.setSslfactory(JdbcTlsSockets.class.getName());
      source.setSslRootCert(rootCertificates);
      if (identity != null) {
        source.setSslCert(identity.certificateFile());
        source.setSslKey(identity.keyFile());
      }
    }
  }
}
