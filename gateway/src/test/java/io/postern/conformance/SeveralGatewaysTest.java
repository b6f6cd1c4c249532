package io.postern.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.postern.testing.TestGateway;
import io.postern.testing.TestPostgres;
import io.postern.testing.TestRegistry;
import io.postern.testing.TokenCall;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Three gateways on one database, and what they know of each other. */
class SeveralGatewaysTest {
  private static final Duration SOON = Duration.ofSeconds(20);

  /** More than the sync reads at once. */
  private static final int AGENTS = 6_000;

  private String database;
  private List<TestGateway> gateways;
  private TestGateway first;
  private String adminToken;

  @BeforeEach
  void start() {
    database = TestPostgres.newDatabase();
    gateways = IntStream.range(0, 3).mapToObj(n -> TestGateway.start(database, s -> s)).toList();
    first = gateways.getFirst();
    adminToken =
        TokenCall.to(first)
            .basic("postern-admin", TestGateway.ADMIN_SECRET)
            .clientCredentials()
            .param("audience", "urn:postern:admin")
            .send()
            .accessToken();
  }

  @AfterEach
  void stop() {
    gateways.forEach(TestGateway::close);
  }

  @Test
  void revocationThatWaitedForAll_isDeniedByAllFromThatMoment() {
    TestRegistry.Resource service = first.registry().service("read");
    for (int i = 0; i < 20; i++) {
      TestRegistry.Agent agent = first.registry().agent();
      first.registry().grant(agent, service, "read");
      String path = "/admin/v1/agents/" + agent.clientId() + "?wait=all&timeout=PT10S";

      HttpResponse<String> answer =
          admin("PATCH", path, new JsonObject().put("status", "disabled"));

      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(answer.headers().firstValue("Postern-Replicas").orElseThrow())
          .matches("r\\w{16};ms=\\d+, r\\w{16};ms=\\d+, r\\w{16};ms=\\d+");
      gateways.forEach(gateway -> Expect.invalidClient(TokenCall.by(gateway, agent).send()));
    }
  }

  @Test
  void gatewayThatStopped_isNotWaitedFor() {
    assertThat(replicas()).hasSize(3);
    gateways.getLast().close();
    gateways = gateways.subList(0, 2);
    assertThat(replicas()).hasSize(2);

    HttpResponse<String> answer =
        admin("POST", "/admin/v1/agents?wait=all&timeout=PT10S", new JsonObject().put("name", "a"));
    assertThat(answer.statusCode()).isEqualTo(201);
  }

  @Test
  void changesOfOneTransaction_becomeVisibleTogether_whileTokensAreIssued() throws Exception {
    TestRegistry.Resource service = first.registry().service("read");
    TestRegistry.Agent other = first.registry().agent();
    first.registry().grant(other, service, "read");
    first
        .registry()
        .run(
            """
            insert into application (id, kind, name, audience, permission_name, permission_mode)
            select 'many-' || n, 'agent', 'One of many', 'urn:postern:agent:many-' || n, 'Call', 'auto'
              from generate_series(1, %1$d) n;
            insert into client_secret (secret_id, client_id, hash, data_key_id)
            select 's-' || n, 'many-' || n, s.hash, s.data_key_id
              from generate_series(1, %1$d) n, client_secret s where s.client_id = '%2$s';
            insert into resource_grant (client_id, resource_id, scopes)
            select 'many-' || n, '%3$s', '{read}' from generate_series(1, %1$d) n\
            """
                .formatted(AGENTS, other.clientId(), service.id()));
    TestRegistry.Agent one = new TestRegistry.Agent("many-1", other.secret());
    TestRegistry.Agent last = new TestRegistry.Agent("many-999", other.secret());
    gateways.forEach(
        gateway -> {
          gateway.registry().awaitIndex();
          Expect.issued(TokenCall.by(gateway, one).send());
          Expect.issued(TokenCall.by(gateway, last).send());
        });
    try (Connection writer = TestRegistry.connect(database);
        Statement statement = writer.createStatement()) {
      writer.setAutoCommit(false);
      statement.execute("update application set status = 'disabled' where id like 'many-%'");
      writer.commit();
    }
    for (TestGateway gateway : gateways) {
      long until = System.nanoTime() + SOON.toNanos();
      while (TokenCall.by(gateway, one).send().status() == 200) {
        assertThat(System.nanoTime()).isLessThan(until);
        Expect.issued(TokenCall.by(gateway, other).send());
      }
      // what is first in the feed is seen no earlier than what is last
      Expect.invalidClient(TokenCall.by(gateway, last).send());
    }
  }

  private JsonArray replicas() {
    return new JsonObject(admin("GET", "/admin/v1/index", null).body()).getJsonArray("replicas");
  }

  private HttpResponse<String> admin(String method, String path, JsonObject body) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(first.managementUri(path))
            .timeout(Duration.ofSeconds(30))
            .header("Authorization", "Bearer " + adminToken)
            .method(
                method,
                body == null
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofString(body.encode()));
    if (body != null) {
      request.header("Content-Type", "application/json");
    }
    return first.send(request.build());
  }
}
