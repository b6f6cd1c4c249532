package io.postern.token;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import io.postern.testing.CapturedLog;
import io.postern.testing.TestGateway;
import io.postern.testing.TestPostgres;
import io.postern.testing.TestRegistry;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Base64;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The token path by itself: from memory alone, and never in the way of an event loop. */
class TokenPathTest {
  private static final int TOKENS = 100_000;
  private static final int CONNECTIONS = 64;

  @Test
  void hundredThousandTokens_withoutTheDatabase_blockNoEventLoop() throws Exception {
    String url = TestPostgres.newDatabase();
    try (TestGateway gateway = TestGateway.start(url, settings -> settings);
        CapturedLog checker =
            CapturedLog.of("io.vertx.core.impl.BlockedThreadChecker", Level.WARN)) {
      TestRegistry.Agent agent = gateway.registry().agent();
      gateway.registry().grant(agent, gateway.registry().service("read"), "read");
      cutOff(url);

      Map<Integer, Integer> statuses = load(gateway, agent);

      assertThat(statuses).containsExactly(Map.entry(200, TOKENS));
      assertThat(checker.lines()).isEmpty();
      restore(url);
    }
  }

  // No connection to the gateway's database is left, and none can be made.
  private static void cutOff(String url) throws SQLException {
    String name = url.substring(url.lastIndexOf('/') + 1);
    try (Connection other = TestRegistry.connect(url.replace("/" + name, "/postgres"));
        Statement statement = other.createStatement()) {
      statement.execute("alter database " + name + " allow_connections false");
      statement.execute(
          "select pg_terminate_backend(pid) from pg_stat_activity where datname = '" + name + "'");
    }
  }

  private static void restore(String url) throws SQLException {
    String name = url.substring(url.lastIndexOf('/') + 1);
    try (Connection other = TestRegistry.connect(url.replace("/" + name, "/postgres"));
        Statement statement = other.createStatement()) {
      statement.execute("alter database " + name + " allow_connections true");
    }
  }

  private static Map<Integer, Integer> load(TestGateway gateway, TestRegistry.Agent agent)
      throws Exception {
    Vertx vertx = Vertx.vertx();
    try {
      Load load = new Load(gateway, agent);
      vertx.deployVerticle(load).await();
      return load.done.future().toCompletionStage().toCompletableFuture().get(2, TimeUnit.MINUTES);
    } finally {
      vertx.close().await();
    }
  }

  /** A closed loop: each connection sends its next request when it has the answer to the last. */
  private static final class Load extends VerticleBase {
    private final Promise<Map<Integer, Integer>> done = Promise.promise();
    private final Map<Integer, Integer> statuses = new TreeMap<>();
    private final TestGateway gateway;
    private final String authorization;
    private int sent;
    private int answered;

    Load(TestGateway gateway, TestRegistry.Agent agent) {
      this.gateway = gateway;
      String pair = agent.clientId() + ":" + agent.secret();
      authorization =
          "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.US_ASCII));
    }

    @Override
    public Future<?> start() {
      HttpClient client =
          vertx.createHttpClient(
              new HttpClientOptions()
                  .setDefaultHost(gateway.settings().listeners().http().host())
                  .setDefaultPort(gateway.settings().listeners().http().port()),
              new PoolOptions().setHttp1MaxSize(CONNECTIONS));
      for (int i = 0; i < CONNECTIONS; i++) {
        next(client);
      }
      return Future.succeededFuture();
    }

    private void next(HttpClient client) {
      if (sent == TOKENS) {
        return;
      }
      sent++;
      client
          .request(HttpMethod.POST, "/oauth2/token")
          .compose(
              request ->
                  request
                      .putHeader("Authorization", authorization)
                      .putHeader("Content-Type", "application/x-www-form-urlencoded")
                      .send(Buffer.buffer("grant_type=client_credentials")))
          .compose(response -> response.body().map(body -> response.statusCode()))
          .onSuccess(
              status -> {
                statuses.merge(status, 1, Integer::sum);
                if (++answered == TOKENS) {
                  done.complete(statuses);
                }
                next(client);
              })
          .onFailure(done::tryFail);
    }
  }
}
