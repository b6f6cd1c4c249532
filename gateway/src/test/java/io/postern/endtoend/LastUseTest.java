package io.postern.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.postern.jose.SignatureAlgorithm;
import io.postern.testing.TestAssertion;
import io.postern.testing.TestGateway;
import io.postern.testing.TestKey;
import io.postern.testing.TestPostgres;
import io.postern.testing.TestRegistry;
import io.postern.testing.TokenCall;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** When a credential was last used is written down, without a write for each token. */
class LastUseTest {
  private static final String SECRETS = "client_secret_use join client_secret using (secret_id)";
  private static final String KEYS = "client_key_use";

  private final String databaseUrl = TestPostgres.newDatabase();

  @Test
  void uses_areWrittenAtTheLatestWhenTheGatewayStops_ofWhatWasUsedAlone() throws Exception {
    TestKey used = TestKey.generate(SignatureAlgorithm.ES256);
    TestRegistry.Agent agent;
    Instant before = Instant.now().minus(Duration.ofSeconds(1));
    try (TestGateway gateway = TestGateway.start(databaseUrl, settings -> settings)) {
      TestRegistry registry = gateway.registry();
      agent = registry.agent();
      registry.secret(agent.clientId());
      registry.grant(agent, registry.service("read"), "read");
      registry.key(agent, used.jwk());
      registry.key(agent, TestKey.generate(SignatureAlgorithm.ES256).jwk());
      for (int i = 0; i < 3; i++) {
        assertThat(TokenCall.by(gateway, agent).send().status()).isEqualTo(200);
        assertThat(TestAssertion.call(gateway, used, agent.clientId()).send().status())
            .isEqualTo(200);
      }
      TokenCall.to(gateway).basic(agent.clientId(), "wrong").clientCredentials().send();
    }
    assertThat(times(SECRETS, agent.clientId()))
        .singleElement()
        .satisfies(time -> assertThat(time).isBetween(before, Instant.now()));
    assertThat(times(KEYS, agent.clientId()))
        .singleElement()
        .satisfies(time -> assertThat(time).isBetween(before, Instant.now()));
  }

  @Test
  void uses_ofWhatIsGoneMeanwhile_areDropped() throws Exception {
    TestRegistry.Agent gone;
    TestRegistry.Agent kept;
    try (TestGateway gateway = TestGateway.start(databaseUrl, settings -> settings)) {
      TestRegistry registry = gateway.registry();
      TestRegistry.Resource service = registry.service("read");
      gone = registry.agent();
      kept = registry.agent();
      registry.grant(gone, service, "read");
      registry.grant(kept, service, "read");
      assertThat(TokenCall.by(gateway, gone).send().status()).isEqualTo(200);
      assertThat(TokenCall.by(gateway, kept).send().status()).isEqualTo(200);
      registry.run("delete from application where id = ?", gone.clientId());
    }
    assertThat(times(SECRETS, gone.clientId())).isEmpty();
    assertThat(times(SECRETS, kept.clientId())).hasSize(1);
  }

  @Test
  void uses_olderThanWhatIsWritten_changeNothing() throws Exception {
    TestRegistry.Agent agent;
    try (TestGateway gateway = TestGateway.start(databaseUrl, settings -> settings)) {
      TestRegistry registry = gateway.registry();
      agent = registry.agent();
      registry.grant(agent, registry.service("read"), "read");
      assertThat(TokenCall.by(gateway, agent).send().status()).isEqualTo(200);
      registry.run(
          "insert into client_secret_use select secret_id, timestamptz '2100-01-01Z'"
              + " from client_secret where client_id = ?",
          agent.clientId());
    }
    assertThat(times(SECRETS, agent.clientId()))
        .containsExactly(Instant.parse("2100-01-01T00:00:00Z"));
  }

  private List<Instant> times(String tables, String clientId) throws SQLException {
    try (Connection connection = TestRegistry.connect(databaseUrl);
        Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "select last_used_at from " + tables + " where client_id = '" + clientId + "'")) {
      List<Instant> times = new ArrayList<>();
      while (rows.next()) {
        times.add(rows.getTimestamp(1).toInstant());
      }
      return times;
    }
  }
}
