package io.postern.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.postern.jose.SignatureAlgorithm;
import io.postern.testing.TestAssertion;
import io.postern.testing.TestGateway;
import io.postern.testing.TestKey;
import io.postern.testing.TestPostgres;
import io.postern.testing.TestRegistry;
import io.postern.testing.TokenCall;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** What is taken away is gone, by every way to a token, on two gateways with one database. */
class RevocationTest {
  /** How long after the commit a replica may go on. */
  private static final Duration BOUND = Duration.ofSeconds(2);

  private static String database;
  private static TestGateway one;
  private static TestGateway other;
  private static TestRegistry registry;
  private static TestRegistry.Resource crm;

  private TestRegistry.Agent agent;
  private TestKey key;

  @BeforeAll
  static void start() {
    database = TestPostgres.newDatabase();
    one = TestGateway.start(database, settings -> settings);
    other = TestGateway.start(database, settings -> settings);
    registry = one.registry();
    crm = registry.service("read", "write");
  }

  @AfterAll
  static void stop() {
    one.close();
    other.close();
  }

  @BeforeEach
  void newAgent() {
    agent = registry.agent();
    key = TestKey.generate(SignatureAlgorithm.ES256);
    registry.key(agent, key.jwk());
    registry.grant(agent, crm, "read", "write");
    other.registry().awaitIndex();
    onBoth(gateway -> Expect.issued(bySecret(gateway)));
    onBoth(gateway -> Expect.issued(byKey(gateway)));
  }

  private void run(String sql, Object... parameters) {
    registry.run(sql, parameters);
    other.registry().awaitIndex();
  }

  private static void onBoth(Consumer<TestGateway> check) {
    List.of(one, other).forEach(check);
  }

  private TokenCall.Answer bySecret(TestGateway gateway) {
    return TokenCall.by(gateway, agent).send();
  }

  private TokenCall.Answer inBody(TestGateway gateway) {
    return TokenCall.to(gateway)
        .clientCredentials()
        .param("client_id", agent.clientId())
        .param("client_secret", agent.secret())
        .send();
  }

  private TokenCall.Answer byKey(TestGateway gateway) {
    return TestAssertion.call(gateway, key, agent.clientId()).send();
  }

  private void noWay(Consumer<TokenCall.Answer> expected) {
    onBoth(
        gateway -> {
          expected.accept(bySecret(gateway));
          expected.accept(inBody(gateway));
          expected.accept(byKey(gateway));
        });
  }

  @Nested
  @DisplayName("Of an agent")
  class OfAnAgent {
    @Test
    void disabledAgent_getsNoToken() {
      run("update application set status = 'disabled' where id = ?", agent.clientId());

      noWay(Expect::invalidClient);
    }

    @Test
    void enabledAgent_getsTokensAgain() {
      run("update application set status = 'disabled' where id = ?", agent.clientId());
      run("update application set status = 'active' where id = ?", agent.clientId());

      onBoth(gateway -> Expect.issued(bySecret(gateway)));
      onBoth(gateway -> Expect.issued(byKey(gateway)));
    }

    @Test
    void deletedAgent_getsNoToken() {
      run("delete from application where id = ?", agent.clientId());

      noWay(Expect::invalidClient);
    }
  }

  @Nested
  @DisplayName("Of a credential")
  class OfACredential {
    @Test
    void deletedSecret_isInvalidClient() {
      run("delete from client_secret where client_id = ?", agent.clientId());

      onBoth(gateway -> Expect.invalidClient(bySecret(gateway)));
      onBoth(gateway -> Expect.invalidClient(inBody(gateway)));
      onBoth(gateway -> Expect.issued(byKey(gateway)));
    }

    @Test
    void deletedSecret_leavesTheOthers() {
      TestRegistry.Agent next =
          new TestRegistry.Agent(agent.clientId(), registry.secret(agent.clientId()));
      run(
          """
          delete from client_secret where client_id = ? and creation_number =
              (select min(creation_number) from client_secret where client_id = ?)\
          """,
          agent.clientId(),
          agent.clientId());

      onBoth(gateway -> Expect.invalidClient(bySecret(gateway)));
      onBoth(gateway -> Expect.issued(TokenCall.by(gateway, next).send()));
    }

    @Test
    void expiredSecret_isInvalidClient() {
      run("update client_secret set expires_at = now() where client_id = ?", agent.clientId());

      onBoth(gateway -> Expect.invalidClient(bySecret(gateway)));
      onBoth(gateway -> Expect.invalidClient(inBody(gateway)));
      onBoth(gateway -> Expect.issued(byKey(gateway)));
    }

    // by the clock alone: nothing is written when the time has come
    @Test
    void secretWithAnEnd_isInvalidClientFromThen() {
      run(
          "update client_secret set expires_at = now() + interval '1 s' where client_id = ?",
          agent.clientId());
      Instant end =
          Instant.ofEpochMilli(
              Long.parseLong(
                  registry
                      .query(
                          """
                          select ceil(extract(epoch from expires_at) * 1000)::bigint
                            from client_secret where client_id = ?\
                          """,
                          agent.clientId())
                      .getFirst()));
      Expect.eventually(BOUND, () -> !Instant.now().isBefore(end));

      onBoth(gateway -> Expect.invalidClient(bySecret(gateway)));
    }

    @Test
    void deletedKey_isInvalidClient() {
      run("delete from client_key where client_id = ?", agent.clientId());

      onBoth(gateway -> Expect.invalidClient(byKey(gateway)));
      onBoth(gateway -> Expect.issued(bySecret(gateway)));
    }

    @Test
    void expiredKey_isInvalidClient() {
      run("update client_key set expires_at = now() where client_id = ?", agent.clientId());

      onBoth(gateway -> Expect.invalidClient(byKey(gateway)));
      onBoth(gateway -> Expect.issued(bySecret(gateway)));
    }
  }

  @Nested
  @DisplayName("Of access")
  class OfAccess {
    @Test
    void deletedGrant_isInvalidTarget() {
      run("delete from resource_grant where client_id = ?", agent.clientId());

      noWay(Expect::invalidTarget);
      onBoth(
          gateway ->
              Expect.invalidTarget(
                  TokenCall.by(gateway, agent).param("audience", crm.audience()).send()));
    }

    @Test
    void expiredGrant_isInvalidTarget() {
      run("update resource_grant set expires_at = now() where client_id = ?", agent.clientId());

      noWay(Expect::invalidTarget);
      onBoth(
          gateway ->
              Expect.invalidTarget(
                  TokenCall.by(gateway, agent).param("audience", crm.audience()).send()));
    }

    @Test
    void scopeTakenFromTheGrant_isNotGivenAnyMore() {
      run("update resource_grant set scopes = '{read}' where client_id = ?", agent.clientId());

      onBoth(gateway -> assertThat(Expect.issued(bySecret(gateway)).scope()).isEqualTo("read"));
      onBoth(
          gateway ->
              Expect.invalidScope(TokenCall.by(gateway, agent).param("scope", "write").send()));
    }

    @Test
    void deletedScope_leavesEveryGrant() {
      TestRegistry.Resource own = registry.service("read", "write");
      registry.grant(agent, own, "read", "write");
      run("delete from scope where application_id = ? and value = 'write'", own.id());

      onBoth(gateway -> assertThat(Expect.issued(onto(gateway, own)).scope()).isEqualTo("read"));
    }

    @Test
    void deletedScope_theLastOfAGrant_isInvalidTarget() {
      TestRegistry.Resource own = registry.service("read");
      registry.grant(agent, own, "read");
      other.registry().awaitIndex();
      onBoth(gateway -> Expect.issued(onto(gateway, own)));
      run("delete from scope where application_id = ?", own.id());

      onBoth(gateway -> Expect.invalidTarget(onto(gateway, own)));
    }

    @Test
    void disabledService_isInvalidTarget() {
      TestRegistry.Resource own = registry.service("read");
      registry.grant(agent, own, "read");
      run("update application set status = 'disabled' where id = ?", own.id());

      onBoth(gateway -> Expect.invalidTarget(onto(gateway, own)));
    }

    @Test
    void deletedService_isInvalidTarget() {
      TestRegistry.Resource own = registry.service("read");
      registry.grant(agent, own, "read");
      run("delete from application where id = ?", own.id());

      onBoth(gateway -> Expect.invalidTarget(onto(gateway, own)));
    }

    // the grants of a resource that is gone are not the next one's
    @Test
    void deletedService_audienceOfANewOne_isInvalidTarget() {
      TestRegistry.Resource own = registry.service("read");
      registry.grant(agent, own, "read");
      registry.run("delete from application where id = ?", own.id());
      TestRegistry.Resource next = registry.serviceOf(own.audience(), "read");
      other.registry().awaitIndex();

      onBoth(gateway -> Expect.invalidTarget(onto(gateway, next)));
    }

    private TokenCall.Answer onto(TestGateway gateway, TestRegistry.Resource resource) {
      return TokenCall.by(gateway, agent).param("audience", resource.audience()).send();
    }
  }

  @Test
  void revocation_reachesEveryReplicaWithinTheBound() throws Exception {
    try (Connection connection = TestRegistry.connect(database);
        PreparedStatement disable =
            connection.prepareStatement(
                "update application set status = 'disabled' where id = ?")) {
      disable.setString(1, agent.clientId());
      disable.executeUpdate();
    }

    onBoth(gateway -> Expect.eventually(BOUND, () -> byKey(gateway).status() == 401));
  }
}
