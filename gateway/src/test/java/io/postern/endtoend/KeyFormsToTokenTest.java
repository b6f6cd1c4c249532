package io.postern.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.postern.jose.SignatureAlgorithm;
import io.postern.jose.VerificationKey;
import io.postern.testing.Administrator;
import io.postern.testing.TestAssertion;
import io.postern.testing.TestGateway;
import io.postern.testing.TestKey;
import io.postern.testing.TestRegistry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.crypto.util.OpenSSHPublicKeyUtil;
import org.bouncycastle.crypto.util.PublicKeyFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What authenticates with a key that was not sent as a JWK or a plain PEM. */
class KeyFormsToTokenTest {
  private static final JsonMapper JSON = new JsonMapper();

  private static TestGateway gateway;
  private static TestRegistry.Resource service;

  @BeforeAll
  static void start() {
    gateway = TestGateway.start();
    service = gateway.registry().service("read");
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  private static SubjectPublicKeyInfo info(TestKey key) {
    return SubjectPublicKeyInfo.getInstance(VerificationKey.of(key.jwk()).encoded());
  }

  private static String base64(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }

  private static String ssh(TestKey key) throws IOException {
    byte[] blob = OpenSSHPublicKeyUtil.encodePublicKey(PublicKeyFactory.createKey(info(key)));
    // its type comes first, after its length
    String type = new String(blob, 4, blob[3], StandardCharsets.US_ASCII);
    return type + " " + base64(blob) + " me@host.example";
  }

  /** An agent whose key was sent as that body. */
  private static String agent(ObjectNode body) {
    TestRegistry.Agent agent = gateway.registry().agent();
    gateway.registry().grant(agent, service, "read");
    gateway.registry().awaitIndex();
    Administrator.Answer answer =
        Administrator.of(gateway).post("/agents/" + agent.clientId() + "/keys", body.toString());
    assertThat(answer.status()).as(answer.json().toString()).isEqualTo(201);
    return agent.clientId();
  }

  private static String agentWithText(String text) {
    return agent(JSON.createObjectNode().put("pem", text));
  }

  private static void assertAuthenticates(TestKey key, String clientId) {
    assertThat(TestAssertion.call(gateway, key, clientId).send().status()).isEqualTo(200);
  }

  @Test
  void openSshKey_authenticates() throws Exception {
    for (SignatureAlgorithm algorithm :
        new SignatureAlgorithm[] {
          SignatureAlgorithm.EDDSA, SignatureAlgorithm.ES256, SignatureAlgorithm.RS256
        }) {
      TestKey key = TestKey.generate(algorithm);
      assertAuthenticates(key, agentWithText(ssh(key)));
    }
  }

  @Test
  void escapedPem_authenticates() throws Exception {
    TestKey key = TestKey.generate(SignatureAlgorithm.ES256);
    String body = base64(info(key).getEncoded()).replaceAll("(.{64})", "$1\\\\n");
    assertAuthenticates(
        key,
        agentWithText("-----BEGIN PUBLIC KEY-----\\n" + body + "\\n-----END PUBLIC KEY-----\\n"));
  }

  @Test
  void jwkSet_authenticatesUnderTheKid() throws Exception {
    TestKey key = TestKey.generate(SignatureAlgorithm.ES256).named("of a set");
    ObjectNode body = JSON.createObjectNode();
    body.putObject("jwk").putArray("keys").add(JSON.readTree(key.jwk().toJSONString()));
    assertAuthenticates(key, agent(body));
  }

  @Test
  void pssKey_authenticatesWithPs256Alone() throws Exception {
    TestKey key = TestKey.generate(SignatureAlgorithm.PS256);
    var pss =
        new SubjectPublicKeyInfo(
            new AlgorithmIdentifier(PKCSObjectIdentifiers.id_RSASSA_PSS),
            info(key).parsePublicKey());
    String clientId = agentWithText(base64(pss.getEncoded()));
    assertAuthenticates(key, clientId);
    assertThat(
            TestAssertion.call(gateway, key.as(SignatureAlgorithm.RS256), clientId).send().error())
        .isEqualTo("invalid_client");
  }
}
