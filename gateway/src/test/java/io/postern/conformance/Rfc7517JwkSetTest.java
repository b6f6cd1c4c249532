package io.postern.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jwt.SignedJWT;
import io.postern.testing.TestGateway;
import io.postern.testing.TestPostgres;
import io.postern.testing.TestRegistry;
import io.postern.testing.TokenCall;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** RFC 7517, JSON Web Key: the published set. */
class Rfc7517JwkSetTest {
  private static final Map<String, Set<String>> PUBLIC_MEMBERS =
      Map.of(
          "EC", Set.of("kty", "use", "alg", "kid", "crv", "x", "y"),
          "RSA", Set.of("kty", "use", "alg", "kid", "n", "e"),
          "OKP", Set.of("kty", "use", "alg", "kid", "crv", "x"));

  private static TestGateway gateway;

  @BeforeAll
  static void start() {
    gateway = TestGateway.start();
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  private static HttpResponse<String> get(TestGateway from) {
    return from.get(from.jwksUri());
  }

  private static HttpResponse<String> getUnless(String entityTags) {
    return gateway.send(
        HttpRequest.newBuilder(gateway.jwksUri()).header("If-None-Match", entityTags).build());
  }

  private static String etag() {
    return get(gateway).headers().firstValue("etag").orElseThrow();
  }

  @Nested
  @DisplayName("5 JWK Set format")
  class Format {
    @Test
    void keys_areOneForEachAlgorithm() throws Exception {
      assertThat(JWKSet.parse(get(gateway).body()).getKeys())
          .extracting(key -> key.getAlgorithm().getName())
          .containsExactlyInAnyOrder("ES256", "RS256", "PS256", "EdDSA");
    }

    @Test
    void keys_havePublicMembersOnly() {
      JsonArray keys = new JsonObject(get(gateway).body()).getJsonArray("keys");

      assertThat(keys).isNotEmpty();
      for (Object element : keys) {
        JsonObject key = (JsonObject) element;
        assertThat(key.fieldNames()).isEqualTo(PUBLIC_MEMBERS.get(key.getString("kty")));
        assertThat(key.getString("use")).isEqualTo("sig");
      }
    }

    @Test
    void keyIds_areUnique() throws Exception {
      assertThat(JWKSet.parse(get(gateway).body()).getKeys())
          .extracting(JWK::getKeyID)
          .doesNotHaveDuplicates();
    }
  }

  @Nested
  @DisplayName("Caching (RFC 9110 13.1.2, RFC 9111)")
  class Caching {
    @Test
    void get_mayBeCachedAndHasAnEntityTag() {
      HttpResponse<String> answer = get(gateway);

      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(answer.headers().firstValue("content-type")).contains("application/json");
      assertThat(answer.headers().firstValue("cache-control")).contains("public, max-age=300");
      assertThat(answer.headers().firstValue("etag").orElseThrow()).matches("\"[!#-~]+\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"%s", "W/%s", "\"other\", %s", "*"})
    void getUnlessKnown_known_isNotModified(String entityTags) {
      HttpResponse<String> answer = getUnless(entityTags.formatted(etag()));

      assertThat(answer.statusCode()).isEqualTo(304);
      assertThat(answer.body()).isEmpty();
      assertThat(answer.headers().firstValue("etag")).contains(etag());
      assertThat(answer.headers().firstValue("cache-control")).contains("public, max-age=300");
    }

    @Test
    void getUnlessKnown_other_isTheSet() {
      HttpResponse<String> answer = getUnless("\"other\"");

      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(answer.body()).isEqualTo(get(gateway).body());
    }

    @Test
    void head_hasTheHeadersAndNoBody() {
      HttpResponse<String> answer =
          gateway.send(HttpRequest.newBuilder(gateway.jwksUri()).HEAD().build());

      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(answer.headers().firstValue("etag")).contains(etag());
      assertThat(answer.body()).isEmpty();
    }

    @Test
    void otherMethod_is405WithAllow() {
      HttpResponse<String> answer =
          gateway.send(
              HttpRequest.newBuilder(gateway.jwksUri())
                  .PUT(HttpRequest.BodyPublishers.noBody())
                  .build());

      assertThat(answer.statusCode()).isEqualTo(405);
      assertThat(answer.headers().firstValue("allow")).contains("GET, HEAD");
    }
  }

  @Nested
  @DisplayName("A key's life")
  class Rotation {
    // Of two keys for one algorithm, each state in turn. A start makes an active key for an
    // algorithm without one, and so a second gateway makes the second key here.
    @Test
    void pendingKey_isPublishedAndDoesNotSign_retiredKey_isPublishedStill() throws Exception {
      String database = TestPostgres.newDatabase();
      try (TestGateway first = TestGateway.start(database, settings -> settings)) {
        TestRegistry.Resource crm = first.registry().service("read");
        TestRegistry.Agent agent = first.registry().agent();
        first.registry().grant(agent, crm, "read");
        SignedJWT byOld = token(first, agent);
        String old = byOld.getHeader().getKeyID();
        String tagBefore = get(first).headers().firstValue("etag").orElseThrow();
        setState(first, old, "pending");
        try (TestGateway second = TestGateway.start(database, settings -> settings)) {
          first.registry().awaitIndex();
          String present = activeKey(first);
          assertThat(present).isNotEqualTo(old);

          // old: pending
          for (TestGateway each : List.of(first, second)) {
            assertThat(published(each)).contains(old, present);
            assertThat(token(each, agent).getHeader().getKeyID()).isEqualTo(present);
          }
          assertThat(get(first).headers().firstValue("etag").orElseThrow())
              .isEqualTo(get(second).headers().firstValue("etag").orElseThrow())
              .isNotEqualTo(tagBefore);

          setState(first, present, "retired");
          setState(first, old, "active");
          second.registry().awaitIndex();

          // present: retired
          for (TestGateway each : List.of(first, second)) {
            assertThat(published(each)).contains(old, present);
            assertThat(token(each, agent).getHeader().getKeyID()).isEqualTo(old);
            JWK key = JWKSet.parse(get(each).body()).getKeyByKeyId(old);
            assertThat(byOld.verify(new ECDSAVerifier(key.toECKey()))).isTrue();
          }

          first.registry().run("delete from signing_key where kid = ?", present);
          second.registry().awaitIndex();

          for (TestGateway each : List.of(first, second)) {
            assertThat(published(each)).contains(old).doesNotContain(present);
          }
        }
      }
    }

    private SignedJWT token(TestGateway from, TestRegistry.Agent agent) {
      return Expect.issued(TokenCall.by(from, agent).send()).jwt();
    }

    private List<String> published(TestGateway from) throws Exception {
      return JWKSet.parse(get(from).body()).getKeys().stream().map(JWK::getKeyID).toList();
    }

    private String activeKey(TestGateway from) {
      return from.registry()
          .query("select kid from signing_key where alg = 'ES256' and state = 'active'")
          .getFirst();
    }

    private void setState(TestGateway at, String kid, String state) {
      at.registry().run("update signing_key set state = ? where kid = ?", state, kid);
    }
  }
}
