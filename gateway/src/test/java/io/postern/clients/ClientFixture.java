package io.postern.clients;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import io.postern.testing.TestGateway;
import io.postern.testing.TestRegistry;
import io.postern.testing.TokenCall;

/** A gateway, services for each signing algorithm, and an agent with a secret and keys. */
final class ClientFixture implements AutoCloseable {
  final TestGateway gateway = TestGateway.start();
  final TestRegistry.Agent agent = gateway.registry().agent();
  final ECKey ecKey = ecKey();
  final RSAKey rsaKey = rsaKey();

  ClientFixture() {
    gateway.registry().key(agent, ecKey);
    gateway.registry().key(agent, rsaKey);
  }

  /** A service whose tokens are signed so, with a grant of {@code read} for the agent. */
  TestRegistry.Resource service(String signingAlg) {
    TestRegistry.Resource service = gateway.registry().service("read", "write");
    gateway
        .registry()
        .run(
            """
            update application set signing_alg = ?, access_token_ttl_seconds = 60 where id = ?\
            """,
            signingAlg,
            service.id());
    gateway.registry().grant(agent, service, "read");
    return service;
  }

  /** A token for the service. */
  String token(TestRegistry.Resource service) {
    return TokenCall.by(gateway, agent).param("audience", service.audience()).send().accessToken();
  }

  /** Lets the agent name the token endpoint in its assertions. */
  void tolerateTokenEndpoint(TestRegistry.Agent tolerated) {
    gateway
        .registry()
        .run(
            "update application set assertion_audience = 'issuer_or_token_endpoint' where id = ?",
            tolerated.clientId());
  }

  /** A further agent with the same keys and a grant. */
  TestRegistry.Agent agentFor(TestRegistry.Resource service) {
    TestRegistry.Agent other = gateway.registry().agent();
    gateway.registry().key(other, ecKey);
    gateway.registry().key(other, rsaKey);
    gateway.registry().grant(other, service, "read");
    return other;
  }

  @Override
  public void close() {
    gateway.close();
  }

  private static ECKey ecKey() {
    try {
      return new ECKeyGenerator(Curve.P_256).keyIDFromThumbprint(true).generate();
    } catch (JOSEException e) {
      throw new IllegalStateException(e);
    }
  }

  private static RSAKey rsaKey() {
    try {
      return new RSAKeyGenerator(2048).keyIDFromThumbprint(true).generate();
    } catch (JOSEException e) {
      throw new IllegalStateException(e);
    }
  }
}
