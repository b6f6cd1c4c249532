package io.postern.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.postern.testing.TestAuthority;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.interfaces.ECPrivateKey;
import java.util.List;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.openssl.PKCS8Generator;
import org.bouncycastle.openssl.jcajce.JcaMiscPEMGenerator;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.openssl.jcajce.JceOpenSSLPKCS8EncryptorBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.util.io.pem.PemObject;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TlsMaterialTest {
  private static final TestAuthority AUTHORITY = TestAuthority.create();

  private static final Vertx VERTX = Vertx.vertx();

  @TempDir Path directory;
  private Path certificates;
  private Path key;

  @AfterAll
  static void stop() {
    VERTX.close().await();
  }

  @BeforeEach
  void name() {
    certificates = directory.resolve("tls.crt");
    key = directory.resolve("tls.key");
  }

  private TlsMaterial read() throws UnfitTlsFileException {
    return TlsMaterial.read(new TlsFiles(certificates, key, null));
  }

  private void assertUnfit(UnfitTlsFileException.Role role, String... words) {
    assertThatThrownBy(this::read)
        .isInstanceOfSatisfying(
            UnfitTlsFileException.class, e -> assertThat(e.role()).isEqualTo(role))
        .hasMessageContainingAll(words)
        .hasMessageNotContaining("\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"RSA", "EC"})
  void pair_inPkcs8_isTaken(String type) throws Exception {
    TestAuthority.Issued issued = AUTHORITY.issue(type);
    issued.write(certificates, key);

    assertThat(read().notAfter()).isEqualTo(issued.certificate().getNotAfter().toInstant());
  }

  @ParameterizedTest
  @ValueSource(strings = {"RSA", "EC"})
  void key_asOpensslWroteItBefore_isTaken(String type) throws Exception {
    TestAuthority.Issued issued = AUTHORITY.issue(type);
    TestAuthority.writePem(certificates, issued.certificate());
    if (issued.key() instanceof ECPrivateKey ec) {
      // RFC 5915; openssl ecparam -genkey writes the curve's name before it
      var traditional =
          new org.bouncycastle.asn1.sec.ECPrivateKey(
              256, ec.getS(), SECObjectIdentifiers.secp256r1);
      TestAuthority.writePem(
          key,
          new PemObject("EC PARAMETERS", SECObjectIdentifiers.secp256r1.getEncoded()),
          new PemObject("EC PRIVATE KEY", traditional.getEncoded()));
    } else {
      TestAuthority.writePem(key, new JcaMiscPEMGenerator(issued.key()));
    }

    assertThat(Files.readString(key)).contains("BEGIN " + type + " PRIVATE KEY");
    assertThat(read().options().getKeyCertOptions().getKeyManagerFactory(VERTX)).isNotNull();
  }

  @Test
  void chain_andKeyInOneFile_isTaken() throws Exception {
    TestAuthority.Issued issued = AUTHORITY.issueByIntermediate();
    key = certificates;
    TestAuthority.writePem(
        certificates,
        new JcaPKCS8Generator(issued.key(), null),
        issued.chain().getFirst(),
        issued.chain().getLast());

    assertThat(read()).isNotNull();
  }

  @Test
  void chain_outOfOrder_isRefused() {
    TestAuthority.Issued issued = AUTHORITY.issueByIntermediate();
    new TestAuthority.Issued(issued.key(), issued.chain().reversed()).write(certificates, key);

    assertUnfit(UnfitTlsFileException.Role.CERTIFICATES, certificates.toString(), "out of order");
  }

  @ParameterizedTest
  @ValueSource(strings = {"RSA", "EC"})
  void key_ofAnotherCertificate_isRefused(String type) {
    AUTHORITY.issue("EC").write(directory.resolve("other.crt"), key);
    AUTHORITY.issue(type).write(certificates, directory.resolve("other.key"));

    assertUnfit(
        UnfitTlsFileException.Role.PRIVATE_KEY,
        key.toString(),
        "is not the key of the first certificate in " + certificates);
  }

  @Test
  void key_encrypted_isRefused() throws IOException, OperatorCreationException {
    TestAuthority.Issued issued = AUTHORITY.issue("EC");
    issued.write(certificates, key);
    var encryptor =
        new JceOpenSSLPKCS8EncryptorBuilder(PKCS8Generator.AES_256_CBC)
            .setProvider(new BouncyCastleProvider())
            .setPassword("password".toCharArray())
            .build();
    TestAuthority.writePem(key, new JcaPKCS8Generator(issued.key(), encryptor));

    assertUnfit(UnfitTlsFileException.Role.PRIVATE_KEY, key.toString(), "encrypted");
  }

  @Test
  void key_neitherRsaNorEc_isRefused() throws GeneralSecurityException {
    TestAuthority.Issued issued = AUTHORITY.issue("Ed25519");
    issued.write(certificates, key);

    assertUnfit(UnfitTlsFileException.Role.PRIVATE_KEY, key.toString(), "neither RSA nor EC");
  }

  @Test
  void file_missing_isRefused() throws IOException {
    AUTHORITY.issue("EC").write(certificates, key);
    Files.delete(key);
    assertUnfit(UnfitTlsFileException.Role.PRIVATE_KEY, key.toString(), "cannot be read");
    Files.delete(certificates);
    assertUnfit(UnfitTlsFileException.Role.CERTIFICATES, certificates.toString(), "cannot be read");
  }

  @Test
  void file_inAnotherFormat_isRefused() throws Exception {
    TestAuthority.Issued issued = AUTHORITY.issue("EC");
    issued.write(certificates, key);
    String pem = Files.readString(key);
    Files.write(key, issued.key().getEncoded());
    assertUnfit(UnfitTlsFileException.Role.PRIVATE_KEY, "no private key in PEM");
    Files.writeString(key, pem.substring(0, 100));
    assertUnfit(UnfitTlsFileException.Role.PRIVATE_KEY, "not well-formed PEM");
    Files.write(certificates, issued.certificate().getEncoded());
    assertUnfit(UnfitTlsFileException.Role.CERTIFICATES, "no certificate in PEM");
  }

  @Test
  void authorities_withoutACertificate_isRefused() throws IOException {
    AUTHORITY.issue("EC").write(certificates, key);
    Path authorities = Files.writeString(directory.resolve("ca.crt"), "nothing\n");

    assertThatThrownBy(() -> TlsMaterial.read(new TlsFiles(certificates, key, authorities)))
        .isInstanceOfSatisfying(
            UnfitTlsFileException.class,
            e -> assertThat(e.role()).isEqualTo(UnfitTlsFileException.Role.CLIENT_AUTHORITIES));
  }

  @Test
  void textForm_hasNoKey() throws Exception {
    TestAuthority.Issued issued = AUTHORITY.issue("EC");
    issued.write(certificates, key);
    String inner = Files.readAllLines(key).get(1);

    assertThat(List.of(read().toString())).noneMatch(text -> text.contains(inner));
  }
}
