package io.postern.decision;

import static org.assertj.core.api.Assertions.assertThat;

import io.postern.decision.CredentialUsage.Counts;
import io.postern.oauth.RefusalReason;
import io.postern.testing.RelayFixture;
import io.postern.testing.Samples;
import io.postern.testing.TestGateway;
import io.postern.testing.TestRegistry;
import io.postern.testing.Vault;
import io.postern.vault.VaultRefusal;
import java.sql.Connection;
import java.sql.ResultSet;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What is counted of hosted credentials, and that it is written down. */
class CredentialUsageTest {
  private static final Instant NOON = Instant.parse("2026-11-28T12:00:00Z");
  private static final CredentialUsage.Key KEY =
      new CredentialUsage.Key("key", "clerk", LocalDate.of(2026, 11, 28));

  private final CredentialUsage usage = new CredentialUsage();

  private void decide(DecisionEvent.Operation operation, DecisionEvent.Result result) {
    usage.decided(
        new DecisionEvent(
            NOON, "id", operation, result, "clerk", true, null, null, null, "key", "::1", 0, 0,
            null));
  }

  private void relay(int status, long inputTokens, long outputTokens) {
    decide(
        DecisionEvent.Operation.RELAY,
        new DecisionEvent.Result.Relayed("id", "POST", status, 10, 100, inputTokens, outputTokens));
  }

  private void refuse(RefusalReason reason) {
    decide(DecisionEvent.Operation.RELAY, new DecisionEvent.Result.Refused(reason));
  }

  @Test
  void obtainsAndRelays_areAddedUp_byAgentCredentialAndDay() {
    decide(DecisionEvent.Operation.OBTAIN, new DecisionEvent.Result.Obtained("id", null));
    relay(200, 7, 9);
    relay(200, DecisionEvent.Result.Relayed.NO_TOKENS, DecisionEvent.Result.Relayed.NO_TOKENS);
    relay(500, 1, 1);
    assertThat(usage.drain()).isEqualTo(Map.of(KEY, new Counts(1, 3, 1, 30, 300, 8, 10)));
    assertThat(usage.drain()).isEmpty();
  }

  @Test
  void answerThatBrokeOff_isAFailure_butWhatHadGoneThroughCounts() {
    decide(
        DecisionEvent.Operation.RELAY,
        new DecisionEvent.Result.Refused(
            VaultRefusal.CALLER_LEFT,
            new DecisionEvent.Result.Relayed("id", "POST", 200, 10, 60, 7, 2)));
    assertThat(usage.drain()).isEqualTo(Map.of(KEY, new Counts(0, 1, 1, 10, 60, 7, 2)));
  }

  @Test
  void callThatBrokeOff_isAFailure_butOneThatWasNotLetThroughIsNone() {
    refuse(VaultRefusal.TARGET_TIMEOUT);
    refuse(VaultRefusal.CALLER_TIMEOUT);
    refuse(VaultRefusal.CALLER_LEFT);
    refuse(VaultRefusal.NOT_LINKED);
    refuse(VaultRefusal.TOO_MANY_OF_LINK);
    assertThat(usage.drain()).isEqualTo(Map.of(KEY, new Counts(0, 3, 3, 0, 0, 0, 0)));
  }

  @Test
  void whatCouldNotBeWritten_isCountedWithWhatComes() {
    relay(200, 1, 1);
    usage.putBack(usage.drain());
    relay(200, 1, 1);
    assertThat(usage.drain()).isEqualTo(Map.of(KEY, new Counts(0, 2, 0, 20, 200, 2, 2)));
  }

  @Test
  void gatewayThatStops_writesWhatItHasCounted() throws Exception {
    String databaseUrl;
    try (TestGateway gateway = TestGateway.start()) {
      databaseUrl = gateway.databaseUrl();
      TestRegistry.Agent agent = gateway.registry().agent();
      TestRegistry.Hosted key = gateway.registry().apiKey(RelayFixture.KEY);
      gateway.registry().link(agent, key, "obtain");
      String token = Vault.token(gateway, agent);
      for (int i = 0; i < 3; i++) {
        assertThat(Vault.obtain(gateway, token, key.identifier()).statusCode()).isEqualTo(200);
      }
      assertThat(Vault.obtain(gateway, token, "another").statusCode()).isEqualTo(404);
      assertThat(Samples.of(gateway).get("postern_vault_obtained_total")).isEqualTo(3);
      assertThat(
              Samples.of(gateway)
                  .get("postern_vault_refusals_total{reason=\"unknown_credential\"}"))
          .isEqualTo(1);
    }
    try (Connection connection = TestRegistry.connect(databaseUrl);
        ResultSet row =
            connection
                .createStatement()
                .executeQuery(
                    "select obtains, relays, last_used_at is not null from hosted_use"
                        + " join hosted_credential_use using (credential_id)")) {
      assertThat(row.next()).isTrue();
      assertThat(row.getLong(1)).isEqualTo(3);
      assertThat(row.getLong(2)).isZero();
      assertThat(row.getBoolean(3)).isTrue();
      assertThat(row.next()).isFalse();
    }
  }
}
