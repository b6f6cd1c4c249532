package io.postern.verifier;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.util.Base64URL;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What happens while the lines cannot be followed, and when all is over. */
class SilenceTest {
  private final List<String> told = new CopyOnWriteArrayList<>();
  private StandInIssuer issuer;

  private final VerifierListener listener =
      new VerifierListener() {
        @Override
        public void linesFollowed(int lines) {
          told.add("followed " + lines);
        }

        @Override
        public void linesLost(Duration maxSilence) {
          told.add("lost " + maxSilence);
          throw new IllegalStateException("a listener that fails");
        }
      };

  @BeforeEach
  void start() {
    issuer = new StandInIssuer();
  }

  @AfterEach
  void stop() {
    issuer.close();
  }

  private PosternVerifier verifier(WhenSilent whenSilent) {
    return issuer.verifier().whenSilent(whenSilent).listener(listener).start();
  }

  private void silence() {
    issuer.linesAway = 503;
    issuer.cut();
    Await.until(() -> issuer.openStreams() == 0);
  }

  @Test
  void failClosed_afterMaxSilence_refusesAll() {
    try (PosternVerifier verifier = verifier(WhenSilent.FAIL_CLOSED)) {
      Await.result(verifier.ready());
      silence();
      issuer.time.advance(Duration.ofSeconds(60));
      assertThat(verifier.verifyBlocking(issuer.token())).isInstanceOf(Verification.Valid.class);
      issuer.time.advance(Duration.ofSeconds(1));
      assertThat(verifier.verifyBlocking(issuer.token()))
          .isEqualTo(new Verification.Refused(Reason.LINES_UNKNOWN));
      assertThat(verifier.state().isHealthy()).isFalse();
      Await.until(() -> told.contains("lost PT1M"));
      issuer.linesAway = null;
      Await.until(() -> verifier.verifyBlocking(issuer.token()) instanceof Verification.Valid);
      assertThat(verifier.state().isHealthy()).isTrue();
      Await.until(() -> told.equals(List.of("followed 0", "lost PT1M", "followed 0")));
    }
  }

  @Test
  void failOpen_afterMaxSilence_goesByWhatIsKnown() {
    issuer.put(issuer.text().line("client", "ended", issuer.time.seconds() + 100));
    try (PosternVerifier verifier = verifier(WhenSilent.FAIL_OPEN)) {
      Await.result(verifier.ready());
      silence();
      issuer.time.advance(Duration.ofSeconds(61));
      assertThat(verifier.verifyBlocking(issuer.token())).isInstanceOf(Verification.Valid.class);
      assertThat(verifier.verifyBlocking(issuer.token("client_id", "ended")))
          .isEqualTo(new Verification.Refused(Reason.ENDED));
      assertThat(verifier.state().followed()).isFalse();
      assertThat(verifier.state().silence()).isGreaterThan(Duration.ofSeconds(60));
      Await.until(() -> told.equals(List.of("followed 1", "lost PT1M")));
    }
  }

  @Test
  void heartbeats_areHeard() {
    try (PosternVerifier verifier = verifier(WhenSilent.FAIL_CLOSED)) {
      Await.result(verifier.ready());
      for (int i = 0; i < 5; i++) {
        issuer.time.advance(Duration.ofSeconds(50));
        issuer.send(":\n\n");
        Await.until(() -> Duration.ZERO.equals(verifier.state().silence()));
      }
      assertThat(verifier.verifyBlocking(issuer.token())).isInstanceOf(Verification.Valid.class);
      assertThat(issuer.streamsOpened).hasValue(1);
    }
  }

  @Test
  void beforeTheFirstDocument_isSilenceToo() {
    issuer.linesAway = 404;
    try (PosternVerifier closed = verifier(WhenSilent.FAIL_CLOSED);
        PosternVerifier open = verifier(WhenSilent.FAIL_OPEN)) {
      assertThat(closed.verifyBlocking(issuer.token()))
          .isEqualTo(new Verification.Refused(Reason.LINES_UNKNOWN));
      assertThat(open.verifyBlocking(issuer.token())).isInstanceOf(Verification.Valid.class);
      assertThat(open.state().followed()).isFalse();
      assertThat(open.state().silence()).isNull();
      assertThat(closed.ready().toCompletableFuture()).isNotDone();
    }
  }

  @Test
  void notFollowed_asksForNoLines() {
    try (PosternVerifier verifier = issuer.verifier().following(Following.NONE).start()) {
      Await.result(verifier.ready());
      assertThat(verifier.verifyBlocking(issuer.token())).isInstanceOf(Verification.Valid.class);
      assertThat(verifier.state().isHealthy()).isTrue();
      assertThat(issuer.streamsOpened).hasValue(0);
      assertThat(issuer.polls).hasValue(0);
    }
  }

  @Test
  void close_endsThreadsAndConnections() {
    PosternVerifier verifier = verifier(WhenSilent.FAIL_CLOSED);
    Await.result(verifier.ready());
    verifier.close();
    verifier.close();
    assertThat(verifier.verifyBlocking(issuer.token()))
        .isEqualTo(new Verification.Refused(Reason.KEYS_UNKNOWN));
    Await.until(
        () ->
            Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .noneMatch(name -> name.startsWith("postern-verifier")));
    issuer.send(":\n\n");
    Await.until(
        () -> {
          // the issuer notices as it writes
          issuer.send(":\n\n");
          return issuer.openStreams() == 0;
        });
  }

  @Test
  void close_beforeItIsReady_endsTheWait() {
    issuer.away = 503;
    PosternVerifier verifier = verifier(WhenSilent.FAIL_CLOSED);
    verifier.close();
    Assertions.assertThatThrownBy(() -> verifier.ready().toCompletableFuture().join())
        .hasRootCauseInstanceOf(CancellationException.class);
  }

  @Test
  void linesThatComeMeanwhile_areLookedAt() {
    AtomicReference<Runnable> meanwhile = new AtomicReference<>(() -> {});
    LineWatch watch =
        new LineWatch(
            Duration.ofSeconds(60),
            WhenSilent.FAIL_CLOSED,
            listener,
            () -> {
              meanwhile.getAndSet(() -> {}).run();
              return issuer.time.getAsLong();
            });
    Base64URL salt = Base64URL.encode(new byte[16]);
    watch.publish(Lines.of(salt, List.of()), issuer.time.getAsLong());
    issuer.time.advance(Duration.ofSeconds(61));
    Line ended = new Line(new Line.Subject(LineKind.TOKEN, "token-1", ""), 5);
    meanwhile.set(() -> watch.publish(Lines.of(salt, List.of(ended)), issuer.time.getAsLong()));
    TokenIds token =
        new TokenIds("key", List.of("token-1"), Set.of("c"), List.of("a"), "s", null, null, 5);
    assertThat(watch.refusal(token)).isEqualTo(Reason.ENDED);
  }
}
