package io.postern.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.postern.testing.Administrator;
import io.postern.testing.TestGateway;
import io.postern.testing.TestRegistry;
import io.postern.testing.TokenCall;
import io.postern.verifier.Following;
import io.postern.verifier.PosternVerifier;
import io.postern.verifier.Reason;
import io.postern.verifier.Verification;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A service that verifies tokens by itself, with the verifier, and follows a real gateway. */
class VerifierTest {
  private static final long PATIENCE = TimeUnit.SECONDS.toNanos(20);

  private static TestGateway gateway;
  private static TestRegistry registry;
  private static Administrator admin;

  private TestRegistry.Resource service;
  private TestRegistry.Agent agent;

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

  @BeforeEach
  void grant() {
    service = registry.service("read");
    agent = registry.agent();
    registry.grant(agent, service, "read");
    registry.awaitIndex();
  }

  private PosternVerifier follow(Following following) throws Exception {
    PosternVerifier verifier =
        PosternVerifier.builder(gateway.issuer())
            .audience(service.audience())
            .following(following)
            .start();
    verifier.ready().toCompletableFuture().get(20, TimeUnit.SECONDS);
    return verifier;
  }

  private String token() {
    return TokenCall.by(gateway, agent).param("audience", service.audience()).send().accessToken();
  }

  private static void awaitEnded(PosternVerifier verifier, String token) {
    long deadline = System.nanoTime() + PATIENCE;
    while (!new Verification.Refused(Reason.ENDED).equals(verifier.verifyBlocking(token))) {
      assertThat(System.nanoTime()).as("the token ends").isLessThan(deadline);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"STREAM", "POLL"})
  void revokedAgent_isRefused_andItsNextTokenCounts(Following following) throws Exception {
    try (PosternVerifier verifier = follow(following)) {
      String before = token();
      assertThat(verifier.verifyBlocking(before)).isInstanceOf(Verification.Valid.class);
      assertThat(
              admin
                  .post("/revocations", "{\"agent\": \"%s\"}".formatted(agent.clientId()))
                  .status())
          .isEqualTo(201);
      awaitEnded(verifier, before);
      assertThat(verifier.verifyBlocking(token())).isInstanceOf(Verification.Valid.class);
    }
  }

  @Test
  void grantThatIsTakenAway_endsTheTokensForItAlone() throws Exception {
    TestRegistry.Resource other = registry.service("read");
    registry.grant(agent, other, "read");
    registry.awaitIndex();
    try (PosternVerifier verifier = follow(Following.STREAM)) {
      String ended = token();
      assertThat(verifier.verifyBlocking(ended)).isInstanceOf(Verification.Valid.class);
      assertThat(
              admin
                  .send("DELETE", "/agents/" + agent.clientId() + "/grants/" + service.id(), null)
                  .status())
          .isEqualTo(204);
      awaitEnded(verifier, ended);
    }
    String elsewhere =
        TokenCall.by(gateway, agent).param("audience", other.audience()).send().accessToken();
    service = other;
    try (PosternVerifier verifier = follow(Following.STREAM)) {
      assertThat(verifier.verifyBlocking(elsewhere)).isInstanceOf(Verification.Valid.class);
    }
  }

  @Test
  void rotationAtOnce_endsWhatTheKeyHasSigned() throws Exception {
    try (PosternVerifier verifier = follow(Following.STREAM)) {
      String before = token();
      assertThat(verifier.verifyBlocking(before)).isInstanceOf(Verification.Valid.class);
      assertThat(
              admin
                  .post("/signing-keys/rotate", "{\"alg\": \"ES256\", \"immediately\": true}")
                  .status())
          .isEqualTo(200);
      long deadline = System.nanoTime() + PATIENCE;
      while (verifier.verifyBlocking(before) instanceof Verification.Valid) {
        assertThat(System.nanoTime()).isLessThan(deadline);
      }
      assertThat(verifier.verifyBlocking(token())).isInstanceOf(Verification.Valid.class);
    } finally {
      // its token was signed by the former key
      admin = Administrator.of(gateway);
    }
  }
}
