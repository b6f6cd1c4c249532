package io.postern.testing;

import java.io.IOException;
import java.io.StringWriter;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.jspecify.annotations.Nullable;

/**
 * A certificate authority of the tests' own. What it issues is for 127.0.0.1, not for localhost.
 */
public final class TestAuthority {
  private static final char[] NO_PASSWORD = new char[0];
  private static final Duration LIFE = Duration.ofHours(1);

  private final KeyPair keys;
  private final X500Name name;
  private final X509Certificate root;

  /** A certificate with what vouches for it, and its key. */
  public record Issued(PrivateKey key, List<X509Certificate> chain) {

    /** Writes the chain, then the key; that only its owner may read, as PostgreSQL demands. */
    public void write(Path certificates, Path privateKey) {
      writePem(certificates, chain.toArray());
      try {
        writePem(privateKey, new JcaPKCS8Generator(key, null));
        Files.setPosixFilePermissions(privateKey, PosixFilePermissions.fromString("rw-------"));
      } catch (IOException e) {
        throw new IllegalStateException(e);
      }
    }

    public X509Certificate certificate() {
      return chain.getFirst();
    }
  }

  private TestAuthority(KeyPair keys, X500Name name, X509Certificate root) {
    this.keys = keys;
    this.name = name;
    this.root = root;
  }

  public static TestAuthority create() {
    KeyPair keys = newKeys("EC");
    X500Name name = new X500Name("CN=an authority of the tests " + keys.getPublic().hashCode());
    return new TestAuthority(
        keys,
        name,
        certificate(name, keys.getPrivate(), name, keys, true, Instant.now().plus(LIFE)));
  }

  /** Issues a certificate; the chain is it alone. */
  public Issued issue(String keyType) {
    return issue(keyType, Instant.now().plus(LIFE));
  }

  /** Issues a certificate that was valid until then, for less than an hour, or will be. */
  public Issued issue(String keyType, Instant notAfter) {
    KeyPair subject = newKeys(keyType);
    X500Name subjectName = new X500Name("CN=a test " + subject.getPublic().hashCode());
    return new Issued(
        subject.getPrivate(),
        List.of(certificate(name, keys.getPrivate(), subjectName, subject, false, notAfter)));
  }

  /** Issues a certificate that says whom it is for by its common name alone. */
  public Issued issueFor(String commonName) {
    KeyPair subject = newKeys("EC");
    X500Name subjectName = new X500Name("CN=" + commonName);
    return new Issued(
        subject.getPrivate(),
        List.of(
            certificate(
                name,
                keys.getPrivate(),
                subjectName,
                subject,
                new BasicConstraints(false),
                null,
                Instant.now().plus(LIFE))));
  }

  /** Issues a certificate by way of an authority in between; the chain has both. */
  public Issued issueByIntermediate() {
    KeyPair between = newKeys("EC");
    X500Name betweenName = new X500Name("CN=in between " + between.getPublic().hashCode());
    X509Certificate intermediate =
        certificate(name, keys.getPrivate(), betweenName, between, true, Instant.now().plus(LIFE));
    Issued issued = new TestAuthority(between, betweenName, intermediate).issue("EC");
    return new Issued(issued.key(), List.of(issued.certificate(), intermediate));
  }

  /** Writes the root. */
  public Path writeRoot(Path file) {
    writePem(file, root);
    return file;
  }

  /** A client that trusts this authority alone, and shows a certificate if it has one. */
  public SSLContext client(@Nullable Issued identity) {
    try {
      KeyStore roots = KeyStore.getInstance("PKCS12");
      roots.load(null, null);
      roots.setCertificateEntry("root", root);
      TrustManagerFactory trust =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(roots);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keyManagers(identity), trust.getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static KeyManager @Nullable [] keyManagers(@Nullable Issued identity)
      throws GeneralSecurityException, IOException {
    if (identity == null) {
      return null;
    }
    KeyStore own = KeyStore.getInstance("PKCS12");
    own.load(null, null);
    own.setKeyEntry(
        "own", identity.key(), NO_PASSWORD, identity.chain().toArray(Certificate[]::new));
    KeyManagerFactory factory =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    factory.init(own, NO_PASSWORD);
    return factory.getKeyManagers();
  }

  /** Writes PEM objects into one file. */
  public static void writePem(Path file, Object... objects) {
    StringWriter text = new StringWriter();
    try (JcaPEMWriter pem = new JcaPEMWriter(text)) {
      for (Object object : objects) {
        pem.writeObject(object);
      }
      pem.flush();
      Files.writeString(file, text.toString());
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static KeyPair newKeys(String type) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance(type);
      if (!type.startsWith("Ed")) {
        generator.initialize(type.equals("RSA") ? 2048 : 256);
      }
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static X509Certificate certificate(
      X500Name issuer,
      PrivateKey issuerKey,
      X500Name subject,
      KeyPair keys,
      boolean isAuthority,
      Instant notAfter) {
    return certificate(
        issuer,
        issuerKey,
        subject,
        keys,
        new BasicConstraints(isAuthority),
        isAuthority ? null : new GeneralName(GeneralName.iPAddress, "127.0.0.1"),
        notAfter);
  }

  private static X509Certificate certificate(
      X500Name issuer,
      PrivateKey issuerKey,
      X500Name subject,
      KeyPair keys,
      BasicConstraints constraints,
      @Nullable GeneralName host,
      Instant notAfter) {
    try {
      var builder =
          new JcaX509v3CertificateBuilder(
              issuer,
              BigInteger.valueOf(System.nanoTime()),
              Date.from(Instant.now().minus(LIFE)),
              Date.from(notAfter),
              subject,
              keys.getPublic());
      builder.addExtension(Extension.basicConstraints, true, constraints);
      if (host != null) {
        builder.addExtension(Extension.subjectAlternativeName, false, new GeneralNames(host));
      }
      var signer = new JcaContentSignerBuilder("SHA256withECDSA").build(issuerKey);
      return new JcaX509CertificateConverter().getCertificate(builder.build(signer));
    } catch (GeneralSecurityException | OperatorCreationException | CertIOException e) {
      throw new IllegalStateException(e);
    }
  }
}
