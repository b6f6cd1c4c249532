package io.postern.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.postern.jose.SignatureAlgorithm;
import io.postern.testing.ChangedSettings;
import io.postern.testing.TestAssertion;
import io.postern.testing.TestGateway;
import io.postern.testing.TestKey;
import io.postern.testing.TestPostgres;
import io.postern.testing.TestRegistry;
import io.postern.testing.TokenCall;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What is broken in the house is never the client's fault. */
class DegradedTest {
  private static final Duration MAX_STALENESS = Duration.ofSeconds(3);
  private static final Duration SOON = Duration.ofSeconds(15);

  @Test
  void databaseGone_isUnavailablePastTheLimitAndRecovers() {
    String database = TestPostgres.newDatabase();
    try (TestGateway strict =
            TestGateway.start(database, ChangedSettings.maxStaleness(MAX_STALENESS));
        TestGateway patient = TestGateway.start(database, settings -> settings)) {
      TestRegistry.Agent agent = newAgent(strict);
      TestKey key = TestKey.generate(SignatureAlgorithm.ES256);
      strict.registry().key(agent, key.jwk());
      patient.registry().awaitIndex();
      Expect.issued(TokenCall.by(strict, agent).send());

      TestPostgres.cut(database);

      Expect.eventually(SOON, () -> TokenCall.by(strict, agent).send().status() == 503);
      Expect.unavailable(TokenCall.by(strict, agent).send());
      Expect.unavailable(TestAssertion.call(strict, key, agent.clientId()).send());
      // not even a wrong secret is called wrong by an index that may be too old to know it
      Expect.unavailable(
          TokenCall.to(strict).basic(agent.clientId(), "wrong").clientCredentials().send());
      Expect.unavailable(TokenCall.to(strict).basic("unknown", "x").clientCredentials().send());
      assertThat(strict.get(strict.managementUri("/health/ready")).statusCode()).isEqualTo(503);
      assertThat(strict.get(strict.managementUri("/health/live")).statusCode()).isEqualTo(200);
      // verifiers need the keys most when tokens cannot be had
      assertThat(strict.get(strict.jwksUri()).statusCode()).isEqualTo(200);
      // but not to keep: the others do not wait for this gateway with a new one any more
      assertThat(cacheControl(strict)).isEqualTo("no-cache");
      assertThat(cacheControl(patient)).isEqualTo("public, max-age=300");
      // within its limit a gateway goes on, and still knows right from wrong
      Expect.issued(TokenCall.by(patient, agent).send());
      Expect.invalidClient(
          TokenCall.to(patient).basic(agent.clientId(), "wrong").clientCredentials().send());
      // but for assertions, whose uses are remembered in the database
      Expect.unavailable(TestAssertion.call(patient, key, agent.clientId()).send());
      assertThat(patient.get(patient.managementUri("/health/ready")).statusCode()).isEqualTo(200);

      TestPostgres.mend(database);

      Expect.eventually(
          SOON, () -> TestAssertion.call(patient, key, agent.clientId()).send().status() == 200);
      Expect.eventually(SOON, () -> TokenCall.by(strict, agent).send().status() == 200);
      assertThat(strict.get(strict.managementUri("/health/ready")).statusCode()).isEqualTo(200);
      assertThat(cacheControl(strict)).isEqualTo("public, max-age=300");
      // what was written meanwhile and later is seen
      strict
          .registry()
          .run("update application set status = 'disabled' where id = ?", agent.clientId());
      Expect.invalidClient(TokenCall.by(strict, agent).send());
    }
  }

  @Test
  void noActiveSigningKey_isUnavailableForThatAlgorithmOnly() {
    try (TestGateway gateway = TestGateway.start()) {
      TestRegistry.Agent agent = newAgent(gateway);
      gateway.registry().run("update signing_key set state = 'retired' where alg = 'ES256'");

      Expect.unavailable(TokenCall.by(gateway, agent).send());
      Expect.invalidClient(
          TokenCall.to(gateway).basic(agent.clientId(), "wrong").clientCredentials().send());

      gateway
          .registry()
          .run(
              "update application set signing_alg = 'RS256' where kind = 'service' and not"
                  + " builtin");

      Expect.issued(TokenCall.by(gateway, agent).send());
    }
  }

  private static String cacheControl(TestGateway gateway) {
    return gateway.get(gateway.jwksUri()).headers().firstValue("cache-control").orElseThrow();
  }

  private static TestRegistry.Agent newAgent(TestGateway gateway) {
    TestRegistry.Agent agent = gateway.registry().agent();
    gateway.registry().grant(agent, gateway.registry().service("read"), "read");
    return agent;
  }
}
