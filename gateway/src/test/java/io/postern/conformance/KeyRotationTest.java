package io.postern.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jwt.SignedJWT;
import io.postern.GatewaySettings;
import io.postern.store.keys.SigningKeyRotation.Intervals;
import io.postern.testing.ChangedSettings;
import io.postern.testing.TestGateway;
import io.postern.testing.TestPostgres;
import io.postern.testing.TestRegistry;
import io.postern.testing.TokenCall;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Signing keys change, and verifiers notice nothing, on two gateways whose clocks differ. */
@Timeout(120)
class KeyRotationTest {
  private static final Duration MAX_AGE = Duration.ofSeconds(4);
  private static final Duration CLOCK_DIFFERENCE = Duration.ofSeconds(8);
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private TestGateway one;
  private TestGateway other;
  private TestRegistry.Agent agent;

  @BeforeEach
  void start() {
    String database = TestPostgres.newDatabase();
    Clock ahead = Clock.offset(Clock.systemUTC(), CLOCK_DIFFERENCE);
    one = TestGateway.start(database, keys(), Clock.systemUTC());
    other = TestGateway.start(database, keys(), ahead);
    agent = one.registry().agent();
    one.registry().grant(agent, one.registry().service("read"), "read");
    other.registry().awaitIndex();
  }

  @AfterEach
  void stop() {
    one.close();
    other.close();
  }

  private static UnaryOperator<GatewaySettings> keys() {
    return ChangedSettings.signingKeys(
        MAX_AGE, new Intervals(Duration.ZERO, Duration.ofMillis(500), Duration.ofDays(1)));
  }

  /** A service that keeps the set for its max-age, and asks for none before. */
  private static final class CachingVerifier {
    private static final Pattern MAX_AGE = Pattern.compile("public, max-age=(\\d+)");

    private final TestGateway source;
    private JWKSet keys = new JWKSet();
    private long freshUntilNanos = System.nanoTime();

    CachingVerifier(TestGateway source) {
      this.source = source;
    }

    void verify(SignedJWT token) throws Exception {
      long now = System.nanoTime();
      if (now - freshUntilNanos >= 0) {
        HttpResponse<String> answer = source.get(source.jwksUri());
        String cacheControl = answer.headers().firstValue("cache-control").orElseThrow();
        Matcher maxAge = MAX_AGE.matcher(cacheControl);
        assertThat(maxAge.matches()).as(cacheControl).isTrue();
        freshUntilNanos = now + Duration.ofSeconds(Long.parseLong(maxAge.group(1))).toNanos();
        keys = JWKSet.parse(answer.body());
      }
      JWK key = keys.getKeyByKeyId(token.getHeader().getKeyID());
      assertThat(key).as("the key of a token").isNotNull();
      assertThat(token.verify(new ECDSAVerifier(key.toECKey()))).isTrue();
    }
  }

  @Test
  void rotation_underRequests_noTokenFailsToVerify() throws Exception {
    List<CachingVerifier> verifiers = List.of(new CachingVerifier(one), new CachingVerifier(other));
    SignedJWT first = token(one);
    for (CachingVerifier verifier : verifiers) {
      verifier.verify(first);
    }
    String next = rotate("{\"alg\": \"ES256\"}").getFirst();
    Set<String> byOne = new LinkedHashSet<>();
    Set<String> byOther = new LinkedHashSet<>();

    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!(byOne.contains(next) && byOther.contains(next))) {
      assertThat(System.nanoTime()).as("within " + PATIENCE).isLessThan(deadline);
      SignedJWT ofOne = token(one);
      SignedJWT ofOther = token(other);
      byOne.add(ofOne.getHeader().getKeyID());
      byOther.add(ofOther.getHeader().getKeyID());
      for (CachingVerifier verifier : verifiers) {
        verifier.verify(ofOne);
        verifier.verify(ofOther);
        // the first of the former key is good all the time
        verifier.verify(first);
      }
    }
    assertThat(byOne).containsExactly(first.getHeader().getKeyID(), next);
    assertThat(byOther).containsExactly(first.getHeader().getKeyID(), next);
  }

  @Test
  void emergency_removesTheKeyFromEveryGateway_andTokensAfterItVerify() throws Exception {
    SignedJWT former = token(one);
    String leaked = former.getHeader().getKeyID();
    String etag = etag(other);
    rotate("{\"alg\": \"ES256\"}");

    String present = rotate("{\"alg\": \"ES256\", \"immediately\": true}").getFirst();
    other.registry().awaitIndex();

    for (TestGateway gateway : List.of(one, other)) {
      List<JWK> keys = JWKSet.parse(gateway.get(gateway.jwksUri()).body()).getKeys();
      assertThat(keys).extracting(JWK::getKeyID).contains(present).doesNotContain(leaked);
      // the pending one may have leaked too
      assertThat(keys).hasSize(4);
      SignedJWT token = token(gateway);
      assertThat(token.getHeader().getKeyID()).isEqualTo(present);
      new CachingVerifier(one).verify(token);
      new CachingVerifier(other).verify(token);
    }
    assertThat(etag(one)).isEqualTo(etag(other)).isNotEqualTo(etag);
  }

  @Test
  void emergency_endsTheAdministratorsTokenToo() throws Exception {
    String token = adminToken();
    assertThat(post(token, "{\"immediately\": true}").statusCode()).isEqualTo(200);

    assertThat(post(token, "{}").statusCode()).isEqualTo(401);
    assertThat(post(adminToken(), "{}").statusCode()).isEqualTo(200);
  }

  private SignedJWT token(TestGateway from) {
    return Expect.issued(TokenCall.by(from, agent).send()).jwt();
  }

  private static String etag(TestGateway from) {
    return from.get(from.jwksUri()).headers().firstValue("etag").orElseThrow();
  }

  /** The ids of the keys that a rotation made. */
  private List<String> rotate(String body) {
    HttpResponse<String> answer = post(adminToken(), body);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    JsonArray items = new JsonObject(answer.body()).getJsonArray("items");
    return items.stream().map(item -> ((JsonObject) item).getString("kid")).toList();
  }

  private HttpResponse<String> post(String token, String body) {
    return one.send(
        HttpRequest.newBuilder(one.managementUri("/admin/v1/signing-keys/rotate"))
            .header("Authorization", "Bearer " + token)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build());
  }

  private String adminToken() {
    return TokenCall.to(one)
        .basic("postern-admin", TestGateway.ADMIN_SECRET)
        .clientCredentials()
        .param("audience", "urn:postern:admin")
        .send()
        .accessToken();
  }
}
