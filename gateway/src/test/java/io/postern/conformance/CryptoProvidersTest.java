package io.postern.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jwt.SignedJWT;
import io.postern.crypto.CryptoProvider;
import io.postern.jose.SignatureAlgorithm;
import io.postern.testing.ChangedSettings;
import io.postern.testing.PublishedKeys;
import io.postern.testing.TestAssertion;
import io.postern.testing.TestGateway;
import io.postern.testing.TestKey;
import io.postern.testing.TestRegistry;
import io.postern.testing.TokenCall;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The core of what the other classes test, over HTTP, with each provider of cryptography. */
@ParameterizedClass
@EnumSource(value = CryptoProvider.Choice.class, mode = EnumSource.Mode.EXCLUDE, names = "AUTO")
class CryptoProvidersTest {
  private static TestGateway gateway;
  private static TestRegistry registry;
  private static TestRegistry.Resource service;

  @SuppressWarnings("unused") // what the class is run with
  CryptoProvidersTest(CryptoProvider.Choice choice) {}

  @BeforeParameterizedClassInvocation
  static void start(CryptoProvider.Choice choice) {
    gateway = TestGateway.start(ChangedSettings.crypto(CryptoProvider.choose(choice)));
    registry = gateway.registry();
    service = registry.service("read", "write");
  }

  @AfterParameterizedClassInvocation
  static void stop() {
    gateway.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"ES256", "RS256", "PS256", "EdDSA"})
  void token_isVerifiedWithThePublishedKey(String alg) throws Exception {
    TestRegistry.Resource signedSo = registry.service("read");
    registry.run("update application set signing_alg = ? where id = ?", alg, signedSo.id());
    TestRegistry.Agent agent = registry.agent();
    registry.grant(agent, signedSo, "read");
    PublishedKeys keys = PublishedKeys.of(gateway);

    for (int i = 0; i < 3; i++) {
      SignedJWT jwt = Expect.issued(TokenCall.by(gateway, agent).send()).jwt();
      assertThat(jwt.getHeader().getAlgorithm().getName()).isEqualTo(alg);
      assertThat(keys.verify(jwt)).isTrue();
      assertThat(keys.verify(SignedJWT.parse(withOtherSignature(jwt.serialize())))).isFalse();
    }
  }

  @Test
  void secret_wrong_isRefused() {
    TestRegistry.Agent agent = granted();
    Expect.issued(TokenCall.by(gateway, agent).send());
    Expect.invalidClient(
        TokenCall.by(gateway, new TestRegistry.Agent(agent.clientId(), agent.secret() + "x"))
            .send());
  }

  @ParameterizedTest
  @EnumSource(SignatureAlgorithm.class)
  void assertion_isAcceptedOnce_andRefusedWithAnothersSignature(SignatureAlgorithm algorithm) {
    TestRegistry.Agent agent = granted();
    TestKey key = TestKey.generate(algorithm);
    registry.key(agent, key.jwk());

    String jwt = TestAssertion.by(key, agent.clientId(), gateway.issuer()).sign();
    Expect.invalidClient(TestAssertion.call(gateway, withOtherSignature(jwt)).send());
    TestKey stranger = TestKey.generate(algorithm).named(key.kid());
    Expect.invalidClient(TestAssertion.call(gateway, stranger, agent.clientId()).send());
    Expect.issued(TestAssertion.call(gateway, jwt).send());
    Expect.invalidClient(TestAssertion.call(gateway, jwt).send());
  }

  @ParameterizedTest
  @EnumSource(
      value = SignatureAlgorithm.class,
      names = {"ES256", "ES384", "ES512", "RS256", "EDDSA"})
  void key_uploadedByTheAdministrator_authenticates(SignatureAlgorithm algorithm) {
    TestRegistry.Agent agent = granted();
    TestKey key = TestKey.generate(algorithm);
    JsonObject body = new JsonObject().put("jwk", new JsonObject(key.jwk().toJSONString()));
    HttpResponse<String> uploaded =
        gateway.send(
            HttpRequest.newBuilder(
                    gateway.managementUri("/admin/v1/agents/" + agent.clientId() + "/keys"))
                .header("Authorization", "Bearer " + administratorToken())
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body.encode()))
                .build());
    assertThat(uploaded.statusCode()).as(uploaded.body()).isEqualTo(201);

    Expect.issued(TestAssertion.call(gateway, key, agent.clientId()).send());
  }

  private static TestRegistry.Agent granted() {
    TestRegistry.Agent agent = registry.agent();
    registry.grant(agent, service, "read");
    return agent;
  }

  private static String administratorToken() {
    return TokenCall.to(gateway)
        .basic("postern-admin", TestGateway.ADMIN_SECRET)
        .clientCredentials()
        .param("audience", "urn:postern:admin")
        .send()
        .accessToken();
  }

  private static String withOtherSignature(String jwt) {
    int at = jwt.length() - 20;
    return jwt.substring(0, at) + (jwt.charAt(at) == 'A' ? 'B' : 'A') + jwt.substring(at + 1);
  }
}
