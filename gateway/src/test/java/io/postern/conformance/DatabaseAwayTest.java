package io.postern.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import io.postern.testing.CapturedLog;
import io.postern.testing.ChangedSettings;
import io.postern.testing.TestGateway;
import io.postern.testing.TestPostgres;
import io.postern.testing.TestRegistry;
import io.postern.testing.TokenCall;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What operators and administrators are told while PostgreSQL is away. */
class DatabaseAwayTest {
  private static final Duration SOON = Duration.ofSeconds(20);

  private String database;
  private TestGateway gateway;
  private String adminToken;

  @BeforeEach
  void start() {
    database = TestPostgres.newDatabase();
    gateway = TestGateway.start(database, ChangedSettings.maxStaleness(Duration.ofSeconds(4)));
    adminToken =
        TokenCall.to(gateway)
            .basic("postern-admin", TestGateway.ADMIN_SECRET)
            .clientCredentials()
            .param("audience", "urn:postern:admin")
            .send()
            .accessToken();
  }

  @AfterEach
  void stop() {
    gateway.close();
  }

  @Test
  void logAndMetrics_tellOnceThatItIsAway_thatTokensEnd_andThatItIsBack() {
    try (CapturedLog log = CapturedLog.of("io.postern.sync.IndexSync", Level.INFO)) {
      assertThat(metric("postern_sync_in_step")).isEqualTo(1);
      TestPostgres.cut(database);
      Expect.eventually(SOON, () -> count(log, "No tokens are issued") == 1);
      assertThat(metric("postern_sync_in_step")).isZero();
      assertThat(metric("postern_sync_failures_total")).isGreaterThan(1);
      TestPostgres.mend(database);
      Expect.eventually(SOON, () -> count(log, "in step again") == 1);

      assertThat(metric("postern_sync_in_step")).isEqualTo(1);
      assertThat(count(log, "is not in step")).isEqualTo(1);
      assertThat(count(log, "No tokens are issued")).isEqualTo(1);
      assertThat(log.lines()).hasSize(3);
    }
  }

  @Test
  void adminRequests_failAtOnce_withoutEffect_andSucceedAgain() {
    TestPostgres.cut(database);
    Expect.eventually(SOON, () -> metric("postern_index_staleness_seconds") > 3.5);

    long began = System.nanoTime();
    for (int i = 0; i < 20; i++) {
      HttpResponse<String> answer = createAgent("away");
      assertThat(answer.statusCode()).isEqualTo(503);
      assertThat(answer.headers().firstValue("Retry-After")).isPresent();
    }
    assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(5));

    TestPostgres.mend(database);
    Expect.eventually(SOON, () -> createAgent("back").statusCode() == 201);
    assertThat(gateway.registry().query("select name from application where name = 'away'"))
        .isEmpty();
  }

  @Test
  void connectionsThatTheServerEnds_areMadeAnew_andNothingIsMissed() throws Exception {
    TestRegistry.Agent agent = gateway.registry().agent();
    gateway.registry().grant(agent, gateway.registry().service("read"), "read");
    for (int i = 0; i < 5; i++) {
      String status = i % 2 == 0 ? "disabled" : "active";
      try (Connection connection = TestRegistry.connect(database);
          Statement statement = connection.createStatement()) {
        statement.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity"
                + " where application_name like 'postern-%' and datname = current_database()");
        statement.execute(
            "update application set status = '%s' where id = '%s'"
                .formatted(status, agent.clientId()));
      }
      int expected = i % 2 == 0 ? 401 : 200;
      Expect.eventually(SOON, () -> TokenCall.by(gateway, agent).send().status() == expected);
    }
  }

  private HttpResponse<String> createAgent(String name) {
    return gateway.send(
        HttpRequest.newBuilder(gateway.managementUri("/admin/v1/agents"))
            .timeout(Duration.ofSeconds(30))
            .header("Authorization", "Bearer " + adminToken)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString("{\"name\": \"" + name + "\"}"))
            .build());
  }

  private double metric(String name) {
    List<Double> values =
        gateway
            .get(gateway.managementUri("/metrics"))
            .body()
            .lines()
            .filter(line -> line.startsWith(name + " "))
            .map(line -> Double.parseDouble(line.substring(name.length() + 1)))
            .toList();
    return values.getFirst();
  }

  private static long count(CapturedLog log, String text) {
    return log.lines().stream().filter(line -> line.contains(text)).count();
  }
}
