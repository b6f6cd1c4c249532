package io.postern.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.postern.testing.TestPostgres;
import io.postern.testing.TestRegistry;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Row;
import java.io.IOException;
import java.io.StringWriter;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Instant;
import java.util.Date;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Connections to a PostgreSQL that speaks TLS, with the client of the gateway and with JDBC. */
class DatabaseTlsTest {
  @TempDir static Path directory;

  private static final Vertx VERTX = Vertx.vertx();
  private static String url;
  private static Path root;
  private static Path otherRoot;

  // The server's certificate is its own root, and is for 127.0.0.1 but not for localhost.
  @BeforeAll
  static void speakTls() throws Exception {
    url = TestPostgres.newDatabase();
    root = directory.resolve("server.crt");
    Path key = directory.resolve("server.key");
    writeCertificate(root, key);
    otherRoot = directory.resolve("other.crt");
    writeCertificate(otherRoot, directory.resolve("other.key"));
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
    try (Connection connection = TestRegistry.connect(url);
        Statement statement = connection.createStatement()) {
      statement.execute("alter system set ssl_cert_file = '" + root + "'");
      statement.execute("alter system set ssl_key_file = '" + key + "'");
      statement.execute("alter system set ssl = on");
      statement.execute("select pg_reload_conf()");
    }
    Instant deadline = Instant.now().plusSeconds(20);
    while (!isEncrypted(Database.parse(url + "?sslmode=prefer"))) {
      assertThat(Instant.now()).isBefore(deadline);
    }
  }

  @AfterAll
  static void stop() throws Exception {
    try (Connection connection = TestRegistry.connect(url);
        Statement statement = connection.createStatement()) {
      statement.execute("alter system reset ssl");
      statement.execute("select pg_reload_conf()");
    }
    VERTX.close().await();
  }

  @ParameterizedTest
  @ValueSource(strings = {"require", "verify-ca&sslrootcert=%s", "verify-full&sslrootcert=%s"})
  void mode_withTheRightRoot_isEncrypted(String mode) {
    Database database = Database.parse(url + "?sslmode=" + mode.formatted(root));
    assertThat(isEncrypted(database)).isTrue();
    assertThat(new Schema(database).state()).isNotNull();
  }

  @Test
  void disable_isNotEncrypted() {
    assertThat(isEncrypted(Database.parse(url + "?sslmode=disable"))).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "verify-ca",
        "verify-full",
        "verify-ca&sslrootcert=%s",
        "verify-full&sslrootcert=%s"
      })
  void verify_withAnotherRoot_isRefused(String mode) {
    Database database = Database.parse(url + "?sslmode=" + mode.formatted(otherRoot));
    assertThatThrownBy(() -> isEncrypted(database)).isNotNull();
    assertThatThrownBy(() -> new Schema(database).state())
        .isInstanceOf(Schema.SchemaException.class);
  }

  @Test
  void verifyFull_forAnotherName_isRefused_andVerifyCaIsNot() {
    String other = url.replace("127.0.0.1", "localhost");
    Database full = Database.parse(other + "?sslmode=verify-full&sslrootcert=" + root);
    assertThatThrownBy(() -> isEncrypted(full)).isNotNull();
    assertThatThrownBy(() -> new Schema(full).state()).isInstanceOf(Schema.SchemaException.class);
    Database ca = Database.parse(other + "?sslmode=verify-ca&sslrootcert=" + root);
    assertThat(isEncrypted(ca)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"postgresql://h", "postgresql://u:p@h", "mysql://u:p@h/d", "nonsense"})
  void url_notWhole_isRefusedWithoutBeingQuoted(String malformed) {
    assertThatThrownBy(() -> Database.parse(malformed))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("it must look like");
  }

  private static boolean isEncrypted(Database database) {
    var connection = database.connect(VERTX, "postern-test").await();
    try {
      Row row =
          connection
              .query("select ssl from pg_stat_ssl where pid = pg_backend_pid()")
              .execute()
              .await()
              .iterator()
              .next();
      return row.getBoolean(0);
    } finally {
      connection.close().await();
    }
  }

  private static void writeCertificate(Path certificate, Path key) throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(256);
    KeyPair pair = generator.generateKeyPair();
    X500Name name = new X500Name("CN=a test server");
    Instant now = Instant.now();
    var builder =
        new JcaX509v3CertificateBuilder(
            name,
            BigInteger.valueOf(now.toEpochMilli()),
            Date.from(now.minusSeconds(60)),
            Date.from(now.plusSeconds(3600)),
            name,
            pair.getPublic());
    builder.addExtension(
        Extension.subjectAlternativeName,
        false,
        new GeneralNames(new GeneralName(GeneralName.iPAddress, "127.0.0.1")));
    var signer = new JcaContentSignerBuilder("SHA256withECDSA").build(pair.getPrivate());
    write(certificate, new JcaX509CertificateConverter().getCertificate(builder.build(signer)));
    write(key, new JcaPKCS8Generator(pair.getPrivate(), null));
    Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-------"));
  }

  private static void write(Path file, Object object) throws IOException {
    StringWriter text = new StringWriter();
    try (JcaPEMWriter pem = new JcaPEMWriter(text)) {
      pem.writeObject(object);
    }
    Files.writeString(file, text.toString());
  }
}
