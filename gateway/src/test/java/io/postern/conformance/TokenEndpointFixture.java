package io.postern.conformance;

import io.postern.testing.ChangedSettings;
import io.postern.testing.TestGateway;
import io.postern.testing.TestRegistry;
import io.postern.testing.TokenCall;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** A gateway, a service and an agent, for the classes that test RFC 6749. Each starts its own. */
abstract class TokenEndpointFixture {
  // Everything that a client may encode wrongly; an operator's secret may hold any of it.
  static final String AWKWARD_SECRET = "a:b+c d&e=f%41/é";

  static TestGateway gateway;
  static TestRegistry registry;
  static TestRegistry.Resource crm;
  static TestRegistry.Agent agent;

  @BeforeAll
  static void start() {
    gateway = TestGateway.start(ChangedSettings.administratorSecret(AWKWARD_SECRET));
    registry = gateway.registry();
    crm = registry.service("read", "write", "delete");
    agent = newAgent();
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  static TestRegistry.Agent newAgent() {
    TestRegistry.Agent fresh = registry.agent();
    registry.grant(fresh, crm, "read", "write");
    return fresh;
  }

  static TokenCall call() {
    return TokenCall.by(gateway, agent);
  }
}
