package io.postern.tls;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.postern.testing.CapturedLog;
import io.postern.testing.TestAuthority;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.cert.Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The exchange of a certificate while a server listens. */
@Timeout(60)
class ServerTlsTest {
  private static final TestAuthority AUTHORITY = TestAuthority.create();
  private static final TestAuthority.Issued FIRST = AUTHORITY.issue("EC");
  private static final TestAuthority.Issued SECOND = AUTHORITY.issue("RSA");

  @TempDir Path directory;
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final Vertx vertx = Vertx.vertx();
  private CapturedLog log;
  private TlsFiles files;
  private ServerTls tls;
  private HttpServer server;

  @BeforeEach
  void listen() throws Exception {
    log = CapturedLog.of("io.postern.tls", Level.INFO);
    files = new TlsFiles(directory.resolve("tls.crt"), directory.resolve("tls.key"), null);
    FIRST.write(files.certificates(), files.privateKey());
    tls = new ServerTls("public", files, meters, Clock.systemUTC());
    server =
        vertx
            .createHttpServer(tls.applyTo(new HttpServerOptions()))
            .requestHandler(request -> request.response().end())
            .listen(0, "127.0.0.1")
            .await();
    tls.serve(server);
  }

  @AfterEach
  void stop() {
    log.close();
    vertx.close().await();
  }

  private Certificate shown() throws IOException {
    try (SSLSocket socket =
        (SSLSocket)
            AUTHORITY
                .client(null)
                .getSocketFactory()
                .createSocket("127.0.0.1", server.actualPort())) {
      socket.startHandshake();
      return socket.getSession().getPeerCertificates()[0];
    }
  }

  private double count(String outcome) {
    return meters.get("postern.tls.reloads").tag("outcome", outcome).counter().count();
  }

  private long notAfter() {
    return (long) meters.get("postern.tls.certificate.not.after").gauge().value();
  }

  @Test
  void pair_changed_isShownToNewConnections() throws Exception {
    assertThat(shown()).isEqualTo(FIRST.certificate());
    assertThat(notAfter())
        .isEqualTo(FIRST.certificate().getNotAfter().toInstant().getEpochSecond());
    tls.reload();
    assertThat(count("taken")).isZero();

    TestAuthority.Issued later = AUTHORITY.issue("EC", Instant.now().plus(Duration.ofDays(9)));
    later.write(files.certificates(), files.privateKey());
    tls.reload();

    assertThat(shown()).isEqualTo(later.certificate());
    assertThat(count("taken")).isEqualTo(1);
    assertThat(notAfter())
        .isEqualTo(later.certificate().getNotAfter().toInstant().getEpochSecond());
  }

  @Test
  void pair_halfWritten_isNotTaken_andToldOnceIfItStaysSo() throws Exception {
    SECOND.write(files.certificates(), directory.resolve("later.key"));
    tls.reload();
    assertThat(log.lines()).isEmpty();
    assertThat(shown()).isEqualTo(FIRST.certificate());

    Files.move(
        directory.resolve("later.key"), files.privateKey(), StandardCopyOption.REPLACE_EXISTING);
    tls.reload();
    assertThat(shown()).isEqualTo(SECOND.certificate());
    assertThat(count("failed")).isZero();

    FIRST.write(files.certificates(), directory.resolve("never.key"));
    for (int i = 0; i < 5; i++) {
      tls.reload();
    }
    assertThat(shown()).isEqualTo(SECOND.certificate());
    assertThat(log.lines().stream().filter(line -> line.startsWith("WARN")))
        .singleElement()
        .asString()
        .contains("The public listener keeps its certificate", "is not the key of");
    assertThat(count("failed")).isEqualTo(1);
  }

  @Test
  void files_gone_areToldOnce_andNothingChanges() throws Exception {
    Files.delete(files.certificates());
    Files.delete(files.privateKey());
    for (int i = 0; i < 3; i++) {
      tls.reload();
    }
    assertThat(shown()).isEqualTo(FIRST.certificate());
    assertThat(log.lines()).hasSize(1);
  }

  // Kubernetes mounts a secret as links into a directory, which is itself a link that is swapped.
  @Test
  void directory_swappedLikeAMountedSecret_isSeen() throws Exception {
    Path mount = Files.createDirectory(directory.resolve("mount"));
    Path old = Files.createDirectory(mount.resolve("..1"));
    Path fresh = Files.createDirectory(mount.resolve("..2"));
    FIRST.write(old.resolve("tls.crt"), old.resolve("tls.key"));
    SECOND.write(fresh.resolve("tls.crt"), fresh.resolve("tls.key"));
    Files.createSymbolicLink(mount.resolve("..data"), old);
    for (Path file : new Path[] {files.certificates(), files.privateKey()}) {
      Files.delete(file);
      Files.createSymbolicLink(file, mount.resolve("..data").resolve(file.getFileName()));
    }
    tls.reload();
    assertThat(count("taken")).isZero();

    Files.createSymbolicLink(mount.resolve("..next"), fresh);
    Files.move(mount.resolve("..next"), mount.resolve("..data"), StandardCopyOption.ATOMIC_MOVE);
    tls.reload();

    assertThat(shown()).isEqualTo(SECOND.certificate());
  }

  @Test
  void certificate_expired_isTakenWithAWarning() throws Exception {
    TestAuthority.Issued expired = AUTHORITY.issue("EC", Instant.now().minusSeconds(60));
    expired.write(files.certificates(), files.privateKey());
    tls.reload();

    assertThat(count("taken")).isEqualTo(1);
    assertThat(log.lines()).anyMatch(line -> line.startsWith("WARN") && line.contains("expired"));
  }
}
