package io.postern.verifier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** When the JWK Set is read, and for how long it counts. */
class KeyCacheTest {
  private StandInIssuer issuer;
  private PosternVerifier verifier;

  @BeforeEach
  void start() {
    issuer = new StandInIssuer();
    verifier = issuer.verifier().following(Following.NONE).start();
  }

  @AfterEach
  void stop() {
    verifier.close();
    issuer.close();
  }

  private String tokenOf(String kid) {
    return TestKey.of(kid, "ES256").sign("at+jwt", issuer.claims());
  }

  private void assertRefused(String token, Reason reason) {
    assertThat(verifier.verifyBlocking(token)).isEqualTo(new Verification.Refused(reason));
  }

  @Test
  void start_tokensBeforeTheKeys_waitForThem() {
    assertThat(verifier.verifyBlocking(issuer.token())).isInstanceOf(Verification.Valid.class);
    assertThat(issuer.keyReads).hasValue(1);
    assertThat(issuer.metadataReads).hasValue(1);
  }

  @Test
  void unknownKid_manyAtOnce_areOneReading() throws Exception {
    Await.result(verifier.ready());
    TestKey fresh = TestKey.of("fresh", "ES256");
    issuer.publish(fresh);
    List<CompletionStage<Verification>> waiting = new ArrayList<>();
    synchronized (issuer.keyGate) {
      for (int i = 0; i < 100; i++) {
        waiting.add(verifier.verify(fresh.sign("at+jwt", issuer.claims())));
      }
      Await.until(() -> issuer.keyReads.get() == 2);
    }
    for (CompletionStage<Verification> one : waiting) {
      assertThat(Await.result(one)).isInstanceOf(Verification.Valid.class);
    }
    assertThat(issuer.keyReads).hasValue(2);
  }

  @Test
  void unknownKid_forgedOnes_readOnceInTenSeconds() {
    Await.result(verifier.ready());
    for (int i = 0; i < 50; i++) {
      assertRefused(tokenOf("forged-" + i), Reason.UNKNOWN_KEY);
    }
    assertThat(issuer.keyReads).hasValue(2);
    issuer.time.advance(Duration.ofSeconds(10));
    for (int i = 0; i < 50; i++) {
      assertRefused(tokenOf("more-" + i), Reason.UNKNOWN_KEY);
    }
    assertThat(issuer.keyReads).hasValue(3);
  }

  @Test
  void unknownKid_whileTheIssuerHangs_isNotWaitedForByAll() {
    Await.result(verifier.ready());
    synchronized (issuer.keyGate) {
      CompletionStage<Verification> first = verifier.verify(tokenOf("first"));
      Await.until(() -> issuer.keyReads.get() == 2);
      issuer.time.advance(Duration.ofSeconds(3));
      assertThat(verifier.verify(tokenOf("late")).toCompletableFuture())
          .isCompletedWithValue(new Verification.Refused(Reason.UNKNOWN_KEY));
      assertThat(first.toCompletableFuture()).isNotDone();
    }
  }

  @Test
  void clientThatRefuses_isAskedAgain() {
    AtomicInteger refusals = new AtomicInteger(3);
    ExecutorService threads = Executors.newCachedThreadPool();
    HttpClient client =
        HttpClient.newBuilder()
            .executor(
                task -> {
                  if (refusals.getAndDecrement() > 0) {
                    throw new RejectedExecutionException("busy");
                  }
                  threads.execute(task);
                })
            .build();
    try (PosternVerifier patient =
        issuer.verifier().following(Following.NONE).httpClient(client).start()) {
      Await.result(patient.ready());
      assertThat(refusals.get()).isNegative();
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void unknownKid_absent_isNotLookedForForAMinute() {
    Await.result(verifier.ready());
    assertRefused(tokenOf("absent"), Reason.UNKNOWN_KEY);
    issuer.time.advance(Duration.ofSeconds(59));
    assertRefused(tokenOf("absent"), Reason.UNKNOWN_KEY);
    assertThat(issuer.keyReads).hasValue(2);
    issuer.time.advance(Duration.ofSeconds(1));
    assertRefused(tokenOf("absent"), Reason.UNKNOWN_KEY);
    assertThat(issuer.keyReads).hasValue(3);
  }

  @Test
  void unknownKid_issuerAway_isRefusedAndTheOthersCount() {
    Await.result(verifier.ready());
    issuer.away = 503;
    assertRefused(tokenOf("fresh"), Reason.UNKNOWN_KEY);
    assertThat(verifier.verifyBlocking(issuer.token())).isInstanceOf(Verification.Valid.class);
    Await.until(() -> issuer.keyReads.get() > 3);
    assertThat(verifier.verifyBlocking(issuer.token())).isInstanceOf(Verification.Valid.class);
  }

  @Test
  void issuerAway_forLongerThanMaxKeyAge_endsAll() {
    Await.result(verifier.ready());
    issuer.away = 503;
    String known = issuer.token("exp", issuer.time.seconds() + 200_000);
    assertThat(verifier.verifyBlocking(known)).isInstanceOf(Verification.Valid.class);
    issuer.time.advance(Duration.ofHours(24));
    assertThat(verifier.verifyBlocking(known)).isInstanceOf(Verification.Valid.class);
    assertThat(verifier.state().keys()).isEqualTo(1);
    issuer.time.advance(Duration.ofSeconds(1));
    assertRefused(known, Reason.KEYS_UNKNOWN);
    assertThat(verifier.state().keys()).isZero();
    assertThat(verifier.state().isHealthy()).isFalse();
  }

  @Test
  void issuerAway_atTheStart_isReachedLater() {
    StandInIssuer late = new StandInIssuer();
    late.away = 500;
    try (PosternVerifier waiting = late.verifier().following(Following.NONE).start()) {
      Await.until(() -> late.metadataReads.get() > 2);
      assertThat(waiting.verifyBlocking(late.token()))
          .isEqualTo(new Verification.Refused(Reason.KEYS_UNKNOWN));
      assertThat(waiting.ready().toCompletableFuture()).isNotDone();
      late.away = null;
      Await.result(waiting.ready());
      assertThat(waiting.verifyBlocking(late.token())).isInstanceOf(Verification.Valid.class);
    } finally {
      late.close();
    }
  }

  @Test
  void withdrawnKey_isGoneWithTheNextReading() {
    Await.result(verifier.ready());
    TestKey second = TestKey.of("key-2", "ES256");
    String token = second.sign("at+jwt", issuer.claims());
    issuer.publish(second);
    assertThat(verifier.verifyBlocking(token)).isInstanceOf(Verification.Valid.class);
    issuer.withdraw(second);
    issuer.time.advance(Duration.ofSeconds(10));
    assertRefused(tokenOf("any"), Reason.UNKNOWN_KEY);
    assertRefused(token, Reason.UNKNOWN_KEY);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "null",
        "{}",
        "{\"keys\":1}",
        "{\"keys\":[]}",
        "<html>",
        "{\"keys\":[{\"kty\":\"oct\",\"kid\":\"key-1\",\"k\":\"c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0\"}]}"
      })
  void garbage_isRefusedAndTheKeysStay(String garbage) {
    Await.result(verifier.ready());
    issuer.rawKeys = garbage;
    assertRefused(tokenOf("fresh"), Reason.UNKNOWN_KEY);
    assertThat(verifier.verifyBlocking(issuer.token())).isInstanceOf(Verification.Valid.class);
  }

  @Test
  void hugeSet_isNotRead() {
    Await.result(verifier.ready());
    issuer.rawKeys = "{\"keys\":[" + " ".repeat(2 << 20) + "]}";
    assertRefused(tokenOf("fresh"), Reason.UNKNOWN_KEY);
    assertThat(verifier.state().keys()).isEqualTo(1);
  }

  @Test
  void metadata_ofAnotherIssuer_isRefused() {
    StandInIssuer liar = new StandInIssuer();
    liar.metadataIssuer = "https://evil.example";
    try (PosternVerifier waiting = liar.verifier().following(Following.NONE).start()) {
      Await.until(() -> liar.metadataReads.get() > 2);
      assertThat(liar.keyReads).hasValue(0);
      assertThat(waiting.state().keys()).isZero();
    } finally {
      liar.close();
    }
  }

  @Test
  void endpoints_fromHttpsToHttp_areRefused() {
    String metadata =
        "{\"issuer\":\"https://a.example\",\"jwks_uri\":\"http://a.example/oauth2/jwks\"}";
    assertThatThrownBy(() -> Endpoints.parse(metadata, "https://a.example"))
        .hasMessageContaining("unfit");
  }

  @Test
  void endpoints_ofTheMetadata_areTaken() throws Exception {
    Endpoints endpoints =
        Endpoints.parse(
            "{\"issuer\":\"https://a.example/t\",\"jwks_uri\":\"https://keys.example/k\","
                + "\"revocations_endpoint\":\"https://a.example/r?x=1\"}",
            "https://a.example/t");
    assertThat(endpoints.jwks()).hasToString("https://keys.example/k");
    assertThat(endpoints.revocations("PT30S")).hasToString("https://a.example/r?x=1&wait=PT30S");
    assertThat(Endpoints.metadata("https://a.example/t/"))
        .hasToString("https://a.example/t/.well-known/openid-configuration");
  }

  @Test
  void endpoints_withoutRevocations_areByDefault() throws Exception {
    Endpoints endpoints =
        Endpoints.parse(
            "{\"issuer\":\"https://a.example/t\",\"jwks_uri\":\"https://a.example/k\"}",
            "https://a.example/t");
    assertThat(endpoints.revocations()).hasToString("https://a.example/t/oauth2/revocations");
  }

  @ParameterizedTest
  @CsvSource({
    "max-age=600,450,510",
    "'public, Max-Age=600',450,510",
    "max-age=1,22,26",
    "max-age=999999999,2700,3060",
    "'no-cache, max-age=600',22,26",
    "'s-maxage=10',225,255",
    "'',225,255"
  })
  void freshness_isFourFifthsOfMaxAge(String control, long least, long most) {
    HttpHeaders headers =
        HttpHeaders.of(Map.of("Cache-Control", List.of(control)), (name, value) -> true);
    assertThat(Freshness.of(headers))
        .isBetween(Duration.ofSeconds(least), Duration.ofSeconds(most));
  }
}
