package io.postern.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.postern.testing.ChangedSettings;
import io.postern.testing.TestAuthority;
import io.postern.testing.TestGateway;
import io.postern.tls.TlsFiles;
import io.postern.tls.TlsSettings;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.security.cert.Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** New certificates while requests come, by old connections and by new ones. */
@Timeout(60)
class TlsReloadTest {
  private static final TestAuthority AUTHORITY = TestAuthority.create();

  @TempDir static Path directory;

  @Test
  void reload_underLoad_noRequestFails() throws Exception {
    TlsFiles files = new TlsFiles(directory.resolve("crt"), directory.resolve("key"), null);
    AUTHORITY.issue("EC").write(files.certificates(), files.privateKey());
    AtomicBoolean ended = new AtomicBoolean();
    AtomicInteger answered = new AtomicInteger();
    Queue<Object> failures = new ConcurrentLinkedQueue<>();
    List<Thread> load = new ArrayList<>();
    try (TestGateway gateway =
        TestGateway.start(ChangedSettings.tls(new TlsSettings(files, null)))) {
      for (boolean anew : new boolean[] {false, false, true, true}) {
        load.add(
            Thread.startVirtualThread(() -> request(gateway, anew, ended, answered, failures)));
      }
      for (String keyType : List.of("RSA", "EC")) {
        TestAuthority.Issued next = AUTHORITY.issue(keyType);
        next.write(files.certificates(), files.privateKey());
        while (!shown(gateway).equals(next.certificate()) && failures.isEmpty()) {
          Thread.onSpinWait();
        }
        int then = answered.get();
        while (answered.get() < then + 100 && failures.isEmpty()) {
          Thread.onSpinWait();
        }
      }
      ended.set(true);
      for (Thread thread : load) {
        thread.join();
      }
    }
    assertThat(failures).isEmpty();
  }

  /** Asks for the keys again and again, by one connection or by a new one each time. */
  private static void request(
      TestGateway gateway,
      boolean anew,
      AtomicBoolean ended,
      AtomicInteger answered,
      Queue<Object> failures) {
    HttpRequest request =
        HttpRequest.newBuilder(gateway.publicUri("/oauth2/jwks"))
            .timeout(Duration.ofSeconds(30))
            .build();
    HttpClient client = client();
    try {
      while (!ended.get()) {
        if (anew) {
          client.close();
          client = client();
        }
        int status = client.send(request, HttpResponse.BodyHandlers.ofString()).statusCode();
        if (status == 200) {
          answered.incrementAndGet();
        } else {
          failures.add(status);
        }
      }
    } catch (IOException | InterruptedException e) {
      failures.add(e);
    } finally {
      client.close();
    }
  }

  private static Certificate shown(TestGateway gateway) throws Exception {
    try (HttpClient client = client()) {
      return client
          .send(
              HttpRequest.newBuilder(gateway.publicUri("/oauth2/jwks")).build(),
              HttpResponse.BodyHandlers.discarding())
          .sslSession()
          .orElseThrow()
          .getPeerCertificates()[0];
    }
  }

  private static HttpClient client() {
    return HttpClient.newBuilder()
        .connectTimeout(Duration.ofSeconds(20))
        .sslContext(AUTHORITY.client(null))
        .build();
  }
}
