package io.postern.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.postern.jose.SignatureAlgorithm;
import io.postern.testing.TestAssertion;
import io.postern.testing.TestGateway;
import io.postern.testing.TestKey;
import io.postern.testing.TestRegistry;
import io.postern.testing.TokenCall;
import java.time.Instant;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/**
 * A gateway and clients with keys, for the classes that test {@code private_key_jwt}. Each class
 * starts its own.
 */
abstract class PrivateKeyJwtFixture {
  static final TestKey EC = TestKey.generate(SignatureAlgorithm.ES256);
  static final TestKey OTHER_EC = TestKey.generate(SignatureAlgorithm.ES256);
  static final TestKey RSA = TestKey.generate(SignatureAlgorithm.RS256);
  static final TestKey OTHER_RSA = TestKey.generate(SignatureAlgorithm.RS256);
  static final TestKey ED = TestKey.generate(SignatureAlgorithm.EDDSA);

  static TestGateway gateway;
  static TestRegistry.Resource service;
  static TestRegistry.Agent shared;

  @BeforeAll
  static void start() {
    gateway = TestGateway.start();
    service = gateway.registry().service("read", "write");
    shared = agentWith(EC);
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  static final String REFUSED =
      "{\"error\":\"invalid_client\",\"error_description\":\"client authentication failed\"}";

  static long now() {
    return Instant.now().getEpochSecond();
  }

  static TestRegistry.Agent agentWith(TestKey key) {
    TestRegistry.Agent agent = gateway.registry().agent();
    gateway.registry().grant(agent, service, "read");
    gateway.registry().key(agent, key.jwk());
    return agent;
  }

  static TestAssertion good() {
    return by(EC, shared);
  }

  static TestAssertion by(TestKey key, TestRegistry.Agent agent) {
    return TestAssertion.by(key, agent.clientId(), gateway.issuer());
  }

  static TokenCall.Answer send(TestAssertion assertion) {
    return TestAssertion.call(gateway, assertion.sign()).send();
  }

  static void assertAccepted(TokenCall.Answer answer) {
    Expect.issued(answer);
    assertThat(answer.scope()).isEqualTo("read");
  }

  static void assertRefused(TokenCall.Answer answer) {
    Expect.invalidClient(answer);
    assertThat(answer.response().body()).isEqualTo(REFUSED);
  }

  static void assertInvalidRequest(TokenCall.Answer answer) {
    Expect.invalidRequest(answer);
  }
}
