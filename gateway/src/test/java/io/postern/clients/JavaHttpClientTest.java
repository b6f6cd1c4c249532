package io.postern.clients;

import static org.assertj.core.api.Assertions.assertThat;

import io.postern.jose.SignatureAlgorithm;
import io.postern.testing.TestAssertion;
import io.postern.testing.TestKey;
import io.postern.testing.TestRegistry;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.math.BigInteger;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.AlgorithmParameters;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.ECPublicKeySpec;
import java.security.spec.EdECPoint;
import java.security.spec.EdECPublicKeySpec;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.NamedParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.security.spec.RSAPublicKeySpec;
import java.util.Base64;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A client and a verifier with nothing but the JDK: what the documents say is enough. */
class JavaHttpClientTest {
  private static ClientFixture fixture;
  private static HttpClient http;
  private static JsonObject metadata;

  @BeforeAll
  static void start() throws Exception {
    fixture = new ClientFixture();
    http = HttpClient.newHttpClient();
    metadata =
        new JsonObject(
            send(HttpRequest.newBuilder(
                        URI.create(
                            fixture.gateway.issuer() + "/.well-known/oauth-authorization-server"))
                    .build())
                .body());
  }

  @AfterAll
  static void stop() {
    http.close();
    fixture.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"ES256", "RS256", "PS256", "EdDSA"})
  void secret_token_isVerifiedByTheJdk(String alg) throws Exception {
    TestRegistry.Resource service = fixture.service(alg);
    String credentials = fixture.agent.clientId() + ":" + fixture.agent.secret();
    HttpResponse<String> response =
        send(
            HttpRequest.newBuilder(URI.create(metadata.getString("token_endpoint")))
                .header(
                    "Authorization",
                    "Basic "
                        + Base64.getEncoder()
                            .encodeToString(credentials.getBytes(StandardCharsets.UTF_8)))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(
                    form(
                        Map.of("grant_type", "client_credentials", "audience", service.audience())))
                .build());

    assertThat(response.statusCode()).isEqualTo(200);
    assertToken(new JsonObject(response.body()), service, alg);
  }

  @Test
  void privateKeyJwt_eddsa_isAccepted() throws Exception {
    TestRegistry.Resource service = fixture.service("ES256");
    TestRegistry.Agent agent = fixture.gateway.registry().agent();
    TestKey key = TestKey.generate(SignatureAlgorithm.EDDSA);
    fixture.gateway.registry().key(agent, key.jwk());
    fixture.gateway.registry().grant(agent, service, "read");
    HttpResponse<String> response =
        send(
            HttpRequest.newBuilder(URI.create(metadata.getString("token_endpoint")))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(
                    form(
                        Map.of(
                            "grant_type",
                            "client_credentials",
                            "client_assertion_type",
                            TestAssertion.TYPE,
                            "client_assertion",
                            TestAssertion.by(key, agent.clientId(), metadata.getString("issuer"))
                                .sign())))
                .build());
    assertThat(response.statusCode()).isEqualTo(200);
    assertToken(new JsonObject(response.body()), service, "ES256");
  }

  private static void assertToken(JsonObject body, TestRegistry.Resource service, String alg)
      throws Exception {
    assertThat(body.getString("token_type")).isEqualTo("Bearer");
    assertThat(body.getInteger("expires_in")).isEqualTo(60);
    String[] parts = body.getString("access_token").split("\\.", -1);
    assertThat(parts).hasSize(3);
    JsonObject header = new JsonObject(new String(decode(parts[0]), StandardCharsets.UTF_8));
    JsonObject claims = new JsonObject(new String(decode(parts[1]), StandardCharsets.UTF_8));
    assertThat(header.getString("typ")).isEqualTo("at+jwt");
    assertThat(header.getString("alg")).isEqualTo(alg);
    assertThat(claims.getString("iss")).isEqualTo(metadata.getString("issuer"));
    assertThat(claims.getString("aud")).isEqualTo(service.audience());

    JsonObject jwk = key(header.getString("kid"));
    assertThat(jwk.getString("alg")).isEqualTo(alg);
    Signature signature = signature(alg);
    signature.initVerify(publicKey(jwk));
    signature.update((parts[0] + "." + parts[1]).getBytes(StandardCharsets.US_ASCII));
    assertThat(signature.verify(decode(parts[2]))).isTrue();
  }

  private static JsonObject key(String kid) throws Exception {
    JsonArray keys =
        new JsonObject(
                send(HttpRequest.newBuilder(URI.create(metadata.getString("jwks_uri"))).build())
                    .body())
            .getJsonArray("keys");
    return keys.stream()
        .map(key -> (JsonObject) key)
        .filter(key -> key.getString("kid").equals(kid))
        .findFirst()
        .orElseThrow();
  }

  private static Signature signature(String alg) throws Exception {
    return switch (alg) {
      case "ES256" -> Signature.getInstance("SHA256withECDSAinP1363Format");
      case "RS256" -> Signature.getInstance("SHA256withRSA");
      case "PS256" -> {
        Signature pss = Signature.getInstance("RSASSA-PSS");
        pss.setParameter(new PSSParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, 32, 1));
        yield pss;
      }
      default -> Signature.getInstance("Ed25519");
    };
  }

  private static PublicKey publicKey(JsonObject jwk) throws Exception {
    return switch (jwk.getString("kty")) {
      case "EC" -> {
        AlgorithmParameters curve = AlgorithmParameters.getInstance("EC");
        curve.init(new ECGenParameterSpec("secp256r1"));
        yield KeyFactory.getInstance("EC")
            .generatePublic(
                new ECPublicKeySpec(
                    new ECPoint(number(jwk, "x"), number(jwk, "y")),
                    curve.getParameterSpec(ECParameterSpec.class)));
      }
      case "RSA" ->
          KeyFactory.getInstance("RSA")
              .generatePublic(new RSAPublicKeySpec(number(jwk, "n"), number(jwk, "e")));
      default -> {
        // RFC 8032 §5.1.2: little-endian, the highest bit is the sign of x
        byte[] point = decode(jwk.getString("x"));
        boolean odd = (point[31] & 0x80) != 0;
        byte[] y = new byte[32];
        for (int i = 0; i < 32; i++) {
          y[i] = point[31 - i];
        }
        y[0] &= 0x7F;
        yield KeyFactory.getInstance("Ed25519")
            .generatePublic(
                new EdECPublicKeySpec(
                    NamedParameterSpec.ED25519, new EdECPoint(odd, new BigInteger(1, y))));
      }
    };
  }

  private static BigInteger number(JsonObject jwk, String member) {
    return new BigInteger(1, decode(jwk.getString(member)));
  }

  private static byte[] decode(String base64url) {
    return Base64.getUrlDecoder().decode(base64url);
  }

  private static HttpRequest.BodyPublisher form(Map<String, String> parameters) {
    return HttpRequest.BodyPublishers.ofString(
        String.join(
            "&",
            parameters.entrySet().stream()
                .map(
                    parameter ->
                        parameter.getKey()
                            + "="
                            + URLEncoder.encode(parameter.getValue(), StandardCharsets.UTF_8))
                .toList()));
  }

  private static HttpResponse<String> send(HttpRequest request) throws Exception {
    return http.send(request, HttpResponse.BodyHandlers.ofString());
  }
}
