package io.postern.verifier;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** How lines come, by stream and by poll, from an issuer that may be away or lie. */
class LineFollowerTest {
  private StandInIssuer issuer;
  private final List<PosternVerifier> verifiers = new ArrayList<>();

  @BeforeEach
  void start() {
    issuer = new StandInIssuer();
  }

  @AfterEach
  void stop() {
    verifiers.forEach(PosternVerifier::close);
    issuer.close();
  }

  private PosternVerifier verifier(VerifierBuilder builder) {
    PosternVerifier verifier = builder.start();
    verifiers.add(verifier);
    return verifier;
  }

  private PosternVerifier ready() {
    PosternVerifier verifier = verifier(issuer.verifier());
    Await.result(verifier.ready());
    return verifier;
  }

  private boolean counts(PosternVerifier verifier, String token) {
    return verifier.verifyBlocking(token) instanceof Verification.Valid;
  }

  private boolean isEnded(PosternVerifier verifier, String token) {
    return verifier.verifyBlocking(token).equals(new Verification.Refused(Reason.ENDED));
  }

  private Map<String, Object> lineOf(String client) {
    return issuer.text().line("client", client, issuer.time.seconds());
  }

  @Nested
  class Stream {
    @Test
    void whole_isThereAtTheStart() {
      issuer.put(lineOf("crm-agent"));
      PosternVerifier verifier = ready();
      assertThat(isEnded(verifier, issuer.token())).isTrue();
      assertThat(counts(verifier, issuer.token("client_id", "other"))).isTrue();
      assertThat(verifier.state().lines()).isEqualTo(1);
      assertThat(issuer.polls).hasValue(0);
    }

    @Test
    void change_endsATokenThatCounted() {
      PosternVerifier verifier = ready();
      String token = issuer.token();
      assertThat(counts(verifier, token)).isTrue();
      issuer.draw(lineOf("crm-agent"));
      Await.until(() -> isEnded(verifier, token));
      issuer.draw(issuer.text().line("client", "crm-agent", issuer.time.seconds() - 1));
      Await.until(() -> counts(verifier, token));
      assertThat(issuer.streamsOpened).hasValue(1);
    }

    @Test
    void comments_otherEvents_andOddLines_arePassedOver() {
      PosternVerifier verifier = ready();
      issuer.send(":\n\n: beat\n\nevent: news\ndata: x\n\nid: 7\nretry: 5\n\ndata\n\n");
      String change = issuer.document(List.of(lineOf("crm-agent")));
      int half = change.length() / 2;
      issuer.send("event: change\r\ndata: " + change.substring(0, half));
      issuer.send(change.substring(half) + "\r\n\r\n");
      Await.until(() -> isEnded(verifier, issuer.token()));
      assertThat(issuer.streamsOpened).hasValue(1);
    }

    @Test
    void cut_isFollowedAnew_andTheWholeReplacesAll() {
      issuer.put(lineOf("crm-agent"));
      PosternVerifier verifier = ready();
      assertThat(isEnded(verifier, issuer.token())).isTrue();
      issuer.clearLines();
      issuer.put(lineOf("other"));
      issuer.cut();
      Await.until(() -> counts(verifier, issuer.token()));
      assertThat(isEnded(verifier, issuer.token("client_id", "other"))).isTrue();
    }

    @Test
    void wholeInTheMiddle_replacesAll() {
      issuer.put(lineOf("crm-agent"));
      PosternVerifier verifier = ready();
      issuer.tell("lines", issuer.document(List.of(lineOf("other"))));
      Await.until(() -> counts(verifier, issuer.token()));
      assertThat(issuer.streamsOpened).hasValue(1);
    }

    @Test
    void cutAgainAndAgain_comesBack() {
      PosternVerifier verifier = ready();
      for (int i = 1; i <= 5; i++) {
        int opened = i + 1;
        issuer.cut();
        Await.until(() -> issuer.streamsOpened.get() >= opened && issuer.openStreams() == 1);
      }
      issuer.draw(lineOf("crm-agent"));
      Await.until(() -> isEnded(verifier, issuer.token()));
    }

    @Test
    void silent_isLeft() {
      PosternVerifier verifier = verifier(issuer.verifier().pace(TestPace.IMPATIENT));
      Await.result(verifier.ready());
      Await.until(() -> issuer.streamsOpened.get() > 2);
      assertThat(counts(verifier, issuer.token())).isTrue();
    }

    @Test
    void halfAnEvent_isNotHeard_andLeft() {
      ready();
      issuer.send("event: change\ndata: x");
      Await.until(
          () -> {
            issuer.time.advance(Duration.ofSeconds(1));
            issuer.send("x");
            return issuer.streamsOpened.get() > 1;
          });
      // not just since a stream is not followed for longer than an hour
      assertThat(issuer.time.instant()).isBefore(TestTime.START.plus(Duration.ofMinutes(30)));
    }

    @Test
    void mute_isReplacedByPolls() {
      issuer.mute = true;
      PosternVerifier verifier = verifier(issuer.verifier().pace(TestPace.IMPATIENT));
      Await.result(verifier.ready());
      assertThat(issuer.polls.get()).isPositive();
      assertThat(issuer.streamsOpened).hasValue(0);
    }

    @Test
    void changeWithAnotherSalt_bringsTheWholeAnew() {
      PosternVerifier verifier = ready();
      Map<String, Object> claims = issuer.documentClaims(List.of());
      claims.put("salt", new LineText("fedcba9876543210").salt());
      issuer.put(lineOf("crm-agent"));
      issuer.tell("change", issuer.key().sign("revocations+jwt", claims));
      Await.until(() -> isEnded(verifier, issuer.token()));
      assertThat(issuer.streamsOpened).hasValue(2);
    }

    @Test
    void newKey_ofTheDocument_isFetched() {
      PosternVerifier verifier = ready();
      TestKey next = TestKey.of("key-2", "EdDSA");
      issuer.publish(next);
      issuer.tell(
          "change",
          next.sign("revocations+jwt", issuer.documentClaims(List.of(lineOf("crm-agent")))));
      Await.until(() -> isEnded(verifier, issuer.token()));
      assertThat(issuer.keyReads).hasValue(2);
    }

    @Test
    void lineOfAKey_bringsTheKeysAnew() {
      PosternVerifier verifier = ready();
      issuer.draw(issuer.text().line("key", "key-1", issuer.time.seconds()));
      Await.until(() -> issuer.keyReads.get() == 2);
      assertThat(isEnded(verifier, issuer.token())).isTrue();
    }
  }

  @Nested
  class Lies {
    /** A change that must not be believed: the stream is left, the lines stay as they were. */
    private void assertNotBelieved(String event, String data) {
      PosternVerifier verifier = ready();
      issuer.tell(event, data);
      Await.until(() -> issuer.streamsOpened.get() > 1);
      assertThat(counts(verifier, issuer.token())).isTrue();
    }

    @Test
    void wrongSignature() {
      String forged =
          TestKey.of("key-1", "ES256")
              .sign("revocations+jwt", issuer.documentClaims(List.of(lineOf("crm-agent"))));
      assertNotBelieved("change", forged);
    }

    @Test
    void wrongType() {
      assertNotBelieved(
          "change",
          issuer.key().sign("at+jwt", issuer.documentClaims(List.of(lineOf("crm-agent")))));
    }

    @Test
    void anotherIssuer() {
      Map<String, Object> claims = issuer.documentClaims(List.of(lineOf("crm-agent")));
      claims.put("iss", "https://evil.example");
      assertNotBelieved("lines", issuer.key().sign("revocations+jwt", claims));
    }

    @Test
    void garbage() {
      assertNotBelieved("lines", "garbage");
    }

    @Test
    void anAccessToken() {
      assertNotBelieved("lines", issuer.token());
    }

    @Test
    void rollback_toAnOlderDocument_isNotBelieved() {
      String before = issuer.document(List.of());
      // more than the clocks of two gateways may be apart
      issuer.time.advance(Duration.ofSeconds(31));
      issuer.put(lineOf("crm-agent"));
      PosternVerifier verifier = ready();
      issuer.rawLines = before;
      issuer.cut();
      Await.until(() -> issuer.streamsOpened.get() > 3);
      assertThat(isEnded(verifier, issuer.token())).isTrue();
      issuer.rawLines = null;
      issuer.clearLines();
      Await.until(() -> counts(verifier, issuer.token()));
    }

    @Test
    void huge_isNotReadToItsEnd() {
      PosternVerifier verifier = verifier(issuer.verifier().maxDocumentBytes(100_000));
      Await.result(verifier.ready());
      issuer.send("event: change\ndata: ");
      for (int i = 0; i < 20; i++) {
        issuer.send("x".repeat(10_000));
      }
      Await.until(() -> issuer.streamsOpened.get() > 1);
      assertThat(counts(verifier, issuer.token())).isTrue();
    }
  }

  @Nested
  class Poll {
    private PosternVerifier polling() {
      PosternVerifier verifier = verifier(issuer.verifier().following(Following.POLL));
      Await.result(verifier.ready());
      return verifier;
    }

    @Test
    void change_endsATokenThatCounted() {
      PosternVerifier verifier = polling();
      String token = issuer.token();
      assertThat(counts(verifier, token)).isTrue();
      issuer.put(lineOf("crm-agent"));
      Await.until(() -> isEnded(verifier, token));
      issuer.clearLines();
      Await.until(() -> counts(verifier, token));
      assertThat(issuer.streamsOpened).hasValue(0);
    }

    @Test
    void unchanged_isGood() {
      PosternVerifier verifier = polling();
      int before = issuer.polls.get();
      issuer.time.advance(Duration.ofSeconds(50));
      Await.until(() -> issuer.polls.get() > before + 1);
      assertThat(verifier.state().silence()).isLessThan(Duration.ofSeconds(50));
      assertThat(counts(verifier, issuer.token())).isTrue();
    }

    @Test
    void unavailable_isTriedAgain() {
      PosternVerifier verifier = polling();
      issuer.linesAway = 503;
      issuer.put(lineOf("crm-agent"));
      issuer.time.advance(Duration.ofSeconds(1));
      issuer.linesAway = null;
      Await.until(() -> isEnded(verifier, issuer.token("iat", issuer.time.seconds() - 1)));
    }

    @Test
    void issuerWithoutStreams_isPolled() {
      issuer.streams = false;
      PosternVerifier verifier = ready();
      issuer.put(lineOf("crm-agent"));
      Await.until(() -> isEnded(verifier, issuer.token()));
      assertThat(issuer.streamsOpened).hasValue(0);
    }

    @Test
    void streamThatDoesNotComeThrough_isReplacedByPolls() {
      issuer.rawLines = "garbage";
      PosternVerifier verifier = verifier(issuer.verifier().pace(TestPace.IMPATIENT));
      Await.until(() -> issuer.polls.get() > 1 && issuer.streamsOpened.get() > 1);
      assertThat(verifier.state().followed()).isFalse();
      issuer.rawLines = null;
      Await.result(verifier.ready());
    }

    @Test
    void huge_isNotRead() {
      issuer.rawLines = "x".repeat(200_000);
      PosternVerifier verifier =
          verifier(issuer.verifier().following(Following.POLL).maxDocumentBytes(100_000));
      Await.until(() -> issuer.polls.get() > 2);
      assertThat(verifier.state().followed()).isFalse();
    }
  }
}
