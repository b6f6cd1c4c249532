package io.postern.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.postern.testing.TestGateway;
import io.postern.testing.TestPostgres;
import io.postern.testing.TestRegistry;
import io.postern.testing.TokenCall;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A secret is replaced while its agent goes on asking: nothing fails, and the old one is dead. */
@Timeout(120)
class SecretRotationTest {
  private static final int ROTATIONS = 5;

  @Test
  void rotation_acknowledgedByAll_failsNoRequestAndEndsTheOldSecretEverywhere() throws Exception {
    String databaseUrl = TestPostgres.newDatabase();
    try (TestGateway one = TestGateway.start(databaseUrl, settings -> settings);
        TestGateway two = TestGateway.start(databaseUrl, settings -> settings)) {
      TestRegistry registry = one.registry();
      TestRegistry.Agent agent = registry.agent();
      registry.grant(agent, registry.service("read"), "read");
      String adminToken = adminToken(one);
      String secrets = "/admin/v1/agents/" + agent.clientId() + "/secrets";
      JsonObject present = secret(one, adminToken, secrets);

      AtomicReference<String> inUse = new AtomicReference<>(present.getString("client_secret"));
      List<Asking> asking = List.of(new Asking(one, agent, inUse), new Asking(two, agent, inUse));
      for (int i = 0; i < ROTATIONS; i++) {
        JsonObject next = secret(one, adminToken, secrets);
        String old = inUse.getAndSet(next.getString("client_secret"));
        asking.forEach(Asking::awaitRequestsThatTookAnotherSecret);
        HttpResponse<String> deleted =
            admin(
                one,
                adminToken,
                "DELETE",
                secrets + "/" + present.getString("secret_id") + "?wait=all&timeout=PT20S",
                null);
        assertThat(deleted.statusCode()).isEqualTo(204);
        for (TestGateway gateway : List.of(one, two)) {
          var retired = new TestRegistry.Agent(agent.clientId(), old);
          assertThat(TokenCall.by(gateway, retired).send().error()).isEqualTo("invalid_client");
        }
        present = next;
      }
      for (Asking each : asking) {
        each.stop();
        assertThat(each.failures).isEmpty();
      }
    }
  }

  /** Asks one gateway for tokens, one after the other, with whichever secret is in use. */
  private static final class Asking {
    private final TestGateway gateway;
    private final TestRegistry.Agent agent;
    private final AtomicReference<String> secret;
    private final AtomicLong begun = new AtomicLong();
    private final Queue<String> failures = new ConcurrentLinkedQueue<>();
    private final Thread thread;
    private volatile boolean stopped;

    Asking(TestGateway gateway, TestRegistry.Agent agent, AtomicReference<String> secret) {
      this.gateway = gateway;
      this.agent = agent;
      this.secret = secret;
      this.thread = Thread.startVirtualThread(this::run);
    }

    private void run() {
      while (!stopped) {
        begun.incrementAndGet();
        var present = new TestRegistry.Agent(agent.clientId(), secret.get());
        TokenCall.Answer answer = TokenCall.by(gateway, present).send();
        if (answer.status() != 200) {
          failures.add(answer.response().body());
        }
      }
    }

    /** Returns when every request that began before is answered. */
    void awaitRequestsThatTookAnotherSecret() {
      long before = begun.get();
      while (begun.get() <= before) {
        LockSupport.parkNanos(1_000_000);
      }
    }

    /** Returns when nothing more is asked. */
    void stop() throws InterruptedException {
      stopped = true;
      thread.join();
    }
  }

  private static JsonObject secret(TestGateway gateway, String adminToken, String secrets) {
    HttpResponse<String> created =
        admin(gateway, adminToken, "POST", secrets + "?wait=all&timeout=PT20S", "{}");
    assertThat(created.statusCode()).isEqualTo(201);
    return new JsonObject(created.body());
  }

  private static HttpResponse<String> admin(
      TestGateway gateway, String adminToken, String method, String path, String body) {
    return gateway.send(
        HttpRequest.newBuilder(gateway.managementUri(path))
            .header("Authorization", "Bearer " + adminToken)
            .header("Content-Type", "application/json")
            .method(
                method,
                body == null
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofString(body))
            .build());
  }

  private static String adminToken(TestGateway gateway) {
    return TokenCall.to(gateway)
        .basic("postern-admin", TestGateway.ADMIN_SECRET)
        .clientCredentials()
        .param("audience", "urn:postern:admin")
        .send()
        .accessToken();
  }
}
