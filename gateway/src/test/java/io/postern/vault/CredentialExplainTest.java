package io.postern.vault;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.postern.testing.Administrator;
import io.postern.testing.TestGateway;
import io.postern.testing.TestRegistry;
import io.postern.testing.TestRegistry.Agent;
import io.postern.testing.TestRegistry.Hosted;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Why an agent may have a hosted credential or not, and the key set of one that has a key pair. */
class CredentialExplainTest {
  private static final String TARGET = "{\"base_url\": \"https://llm.example.com\"}";

  private static TestGateway gateway;
  private static TestRegistry registry;
  private static Administrator admin;

  @BeforeAll
  static void start() {
    gateway = TestGateway.start();
    registry = gateway.registry();
    admin = Administrator.of(gateway);
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  private static JsonNode explain(Agent agent, String identifier, String more) {
    Administrator.Answer answer =
        admin.post(
            "/explain",
            "{\"client_id\": \"%s\", \"credential\": \"%s\"%s}"
                .formatted(agent.clientId(), identifier, more));
    assertThat(answer.status()).as(answer.json().toString()).isEqualTo(200);
    return answer.json();
  }

  private static void assertWays(JsonNode explanation, String obtain, String relay) {
    assertThat(explanation.at("/credential/obtain/reason").asText()).isEqualTo(obtain);
    assertThat(explanation.at("/credential/relay/reason").asText()).isEqualTo(relay);
  }

  @Test
  void reasons_areThoseOfTheVault() {
    Agent agent = registry.agent();
    Hosted plain = registry.apiKey("k");
    Hosted relayed = registry.apiKey("k", TARGET);
    JsonNode unlinked = explain(agent, plain.identifier(), "");
    assertWays(unlinked, "not_linked", "not_linked");
    assertThat(unlinked.path("outcome").asText()).isEqualTo("refuse");
    assertThat(unlinked.at("/credential/credential_id").asText()).isEqualTo(plain.id());
    JsonNode unknown = explain(agent, "no-such", "");
    assertWays(unknown, "unknown_credential", "unknown_credential");
    assertThat(unknown.at("/credential/obtain/error").asText()).isEqualTo("not-found");

    registry.link(agent, plain, "obtain");
    JsonNode obtained = explain(agent, plain.identifier(), "");
    assertWays(obtained, "null", "access_not_linked");
    assertThat(obtained.path("scope").asText()).isEqualTo("credential:obtain");
    assertThat(obtained.at("/credential/obtain/outcome").asText()).isEqualTo("permit");
    assertThat(obtained.at("/credential/obtain/scope_in_token").asBoolean()).isTrue();
    assertThat(obtained.at("/credential/relay/scope_in_token").asBoolean()).isFalse();

    registry.link(agent, relayed, "obtain", "relay");
    assertWays(explain(agent, relayed.identifier(), ""), "null", "null");
    assertWays(
        explain(agent, relayed.identifier(), ", \"scope\": \"credential:relay\""),
        "insufficient_scope",
        "null");
    registry.run(
        "update credential_link set expires_at = now() - interval '1 s' where credential_id = ?",
        plain.id());
    assertWays(explain(agent, plain.identifier(), ""), "link_expired", "link_expired");
    registry.run("delete from hosted_value where credential_id = ?", relayed.id());
    assertWays(
        explain(agent, relayed.identifier(), ""), "credential_expired", "credential_expired");
    registry.run("update application set status = 'disabled' where id = ?", agent.clientId());
    assertWays(explain(agent, relayed.identifier(), ""), "disabled_agent", "disabled_agent");
  }

  @Test
  void credential_standsInPlaceOfAnAudience() {
    Administrator.Answer both =
        admin.post(
            "/explain", "{\"client_id\": \"a\", \"credential\": \"c\", \"audience\": \"urn:x\"}");
    assertThat(both.status()).isEqualTo(422);
    assertThat(both.json().at("/errors/0/pointer").asText()).isEqualTo("/credential");
  }

  @Test
  void publicKey_ofAClientWithAKeyPair_isPublished() {
    Administrator.Answer made =
        admin.post(
            "/credentials",
            """
            {"name": "CRM", "identifier": "crm.prod", "business_type": "external_service",
             "oauth_client": {"token_endpoint": "https://idp.example.com/token", "client_id": "c",
               "auth_method": "private_key_jwt"}}
            """);
    assertThat(made.status()).isEqualTo(201);
    var published = gateway.get(gateway.publicUri("/vault/v1/jwks/crm.prod"));
    assertThat(published.statusCode()).isEqualTo(200);
    assertThat(published.headers().firstValue("content-type")).hasValue("application/json");
    assertThat(published.headers().firstValue("cache-control")).hasValue("public, max-age=60");
    // members of JSON objects have no order
    assertThat(published.body())
        .contains("\"keys\":[{", made.json().at("/oauth_client/public_jwk/kid").asText())
        .doesNotContain("\"d\"");
    Hosted key = registry.apiKey("k");
    for (String other : new String[] {key.identifier(), "none", ""}) {
      assertThat(gateway.get(gateway.publicUri("/vault/v1/jwks/" + other)).statusCode())
          .isEqualTo(404);
    }
  }
}
