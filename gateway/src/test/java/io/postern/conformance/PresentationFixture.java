package io.postern.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.postern.decision.DecisionEvent;
import io.postern.testing.TestGateway;
import io.postern.testing.TestRegistry;
import io.postern.testing.TokenCall;
import java.time.Duration;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;

/**
 * A gateway, a service with a secret and an agent that may call it, for the classes that present
 * tokens. Each starts its own gateway.
 */
abstract class PresentationFixture {
  static final String INTROSPECT = "/oauth2/introspect";
  static final String REVOKE = "/oauth2/revoke";

  static TestGateway gateway;
  static TestRegistry registry;

  TestRegistry.Resource crm;

  /** The service as a client: its client_id is its service_id. */
  TestRegistry.Agent verifier;

  TestRegistry.Agent agent;

  @BeforeAll
  static void start() {
    gateway = TestGateway.start();
    registry = gateway.registry();
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  @BeforeEach
  void register() {
    crm = registry.service("read", "write");
    verifier = new TestRegistry.Agent(crm.id(), registry.secret(crm.id()));
    agent = registry.agent();
    registry.grant(agent, crm, "read", "write");
  }

  /** A token of an agent for an audience. */
  static String token(TestRegistry.Agent of, String audience) {
    TokenCall.Answer answer = TokenCall.by(gateway, of).param("audience", audience).send();
    assertThat(answer.status()).as(answer.response().body()).isEqualTo(200);
    return answer.accessToken();
  }

  /** The agent's token for the service. */
  String token() {
    return token(agent, crm.audience());
  }

  /** A request without anything. */
  static TokenCall to(String endpoint) {
    return TokenCall.to(gateway).uri(gateway.publicUri(endpoint));
  }

  static TokenCall by(String endpoint, TestRegistry.Agent caller) {
    return to(endpoint).basic(caller.clientId(), caller.secret());
  }

  static TokenCall.Answer introspect(TestRegistry.Agent caller, String token) {
    return by(INTROSPECT, caller).param("token", token).send();
  }

  static TokenCall.Answer revoke(TestRegistry.Agent caller, String token) {
    return by(REVOKE, caller).param("token", token).send();
  }

  static TokenCall.Answer active(TokenCall.Answer answer) {
    assertThat(answer.status()).as(answer.response().body()).isEqualTo(200);
    headers(answer);
    assertThat(answer.json().getBoolean("active")).isTrue();
    return answer;
  }

  /** RFC 7662 §2.2: not active, and nothing more. */
  static void inactive(TokenCall.Answer answer) {
    assertThat(answer.status()).as(answer.response().body()).isEqualTo(200);
    headers(answer);
    assertThat(answer.response().body()).isEqualTo("{\"active\":false}");
  }

  static void done(TokenCall.Answer answer) {
    assertThat(answer.status()).as(answer.response().body()).isEqualTo(200);
    headers(answer);
  }

  private static void headers(TokenCall.Answer answer) {
    assertThat(answer.header("content-type")).isEqualTo("application/json");
    assertThat(answer.header("cache-control")).isEqualTo("no-store");
    assertThat(answer.header("postern-decision-id")).matches("[A-Za-z0-9_-]{24}");
  }

  /** What the decision about an answer says; waits for it. */
  static DecisionEvent decided(TokenCall.Answer answer) {
    String id = answer.header("postern-decision-id");
    Expect.eventually(Duration.ofSeconds(10), () -> gateway.decisions().find(id) != null);
    return gateway.decisions().find(id).event();
  }

  /** The lines of a metric that count something. */
  static String metric(String start) {
    return gateway
        .get(gateway.managementUri("/metrics"))
        .body()
        .lines()
        .filter(line -> line.startsWith(start))
        .collect(Collectors.joining("\n"));
  }
}
