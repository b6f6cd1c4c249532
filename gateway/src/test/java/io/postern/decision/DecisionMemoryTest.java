package io.postern.decision;

import static org.assertj.core.api.Assertions.assertThat;

import io.postern.jose.SignatureAlgorithm;
import io.postern.oauth.Refusal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** What is kept of many decisions, and in which order readers see it. */
class DecisionMemoryTest {
  private static final Instant START = Instant.parse("2026-01-31T12:00:00Z");
  private static final DecisionEvent.Result ISSUED =
      new DecisionEvent.Result.Issued(
          "urn:a", "read", SignatureAlgorithm.ES256, "kid", "jti", 0, 700);

  private final DecisionMemory memory = new DecisionMemory(3, START);

  private static DecisionEvent event(String id, DecisionEvent.Result result, long second) {
    return new DecisionEvent(
        START.plusSeconds(second),
        id,
        DecisionEvent.Operation.TOKEN,
        result,
        null,
        false,
        null,
        null,
        null,
        null,
        "127.0.0.1",
        0,
        0,
        null);
  }

  private static DecisionEvent refused(String id, Refusal reason) {
    return event(id, new DecisionEvent.Result.Refused(reason), 0);
  }

  private List<String> all() {
    return ids(memory.list(event -> true, 0, 0, 100));
  }

  private static List<String> ids(List<RememberedDecision> decisions) {
    return decisions.stream().map(decision -> decision.event().decisionId()).toList();
  }

  @Test
  void theOldestOfAKind_goes() {
    for (int i = 1; i <= 5; i++) {
      memory.decided(event("issued-" + i, ISSUED, i));
    }
    assertThat(all()).containsExactly("issued-5", "issued-4", "issued-3");
    assertThat(memory.find("issued-2")).isNull();
    assertThat(memory.find("issued-3")).isNotNull();
  }

  @Test
  void manyOfAKind_pushOutNoneOfAnother() {
    memory.decided(refused("known", Refusal.UNGRANTED_TARGET));
    for (int i = 0; i < 1_000; i++) {
      memory.decided(event("token", ISSUED, i));
      memory.decided(refused("guess", Refusal.WRONG_SECRET));
      memory.decided(refused("flood", Refusal.OVERLOADED));
    }
    assertThat(memory.find("known")).isNotNull();
    assertThat(all()).hasSize(10);
  }

  @Test
  void whatShowsUpLater_hasTheGreaterNumber_whateverItsTime() {
    memory.decided(event("b", ISSUED, 2));
    memory.decided(event("a", ISSUED, 1));
    assertThat(all()).containsExactly("b", "a");
    long seen = memory.list(event -> true, 0, 0, 1).getFirst().number();

    memory.decided(event("slow", new DecisionEvent.Result.Refused(Refusal.INTERNAL_ERROR), 0));
    assertThat(ids(memory.list(event -> true, seen, 0, 100))).containsExactly("slow");
    assertThat(all()).containsExactly("slow", "b", "a");
  }

  @Test
  void numbers_ofALaterStart_areGreater() {
    memory.decided(event("before", ISSUED, 0));
    long before = memory.list(event -> true, 0, 0, 1).getFirst().number();
    DecisionMemory restarted = new DecisionMemory(3, START.plusMillis(10));
    restarted.decided(event("after", ISSUED, 0));
    assertThat(ids(restarted.list(event -> true, before, 0, 1))).containsExactly("after");
  }

  @Test
  void page_isBeforeANumber() {
    for (int i = 1; i <= 3; i++) {
      memory.decided(event("" + i, ISSUED, i));
    }
    List<RememberedDecision> first = memory.list(event -> true, 0, 0, 2);
    assertThat(ids(first)).containsExactly("3", "2");
    assertThat(ids(memory.list(event -> true, 0, first.getLast().number(), 2)))
        .containsExactly("1");
  }

  @Test
  void off_keepsNothing() {
    DecisionMemory off = new DecisionMemory(0, START);
    off.decided(event("a", ISSUED, 0));
    assertThat(off.isOff()).isTrue();
    assertThat(off.list(event -> true, 0, 0, 1)).isEmpty();
  }

  @Test
  void follower_ofSeveralThreads_missesNoneAndSeesNoneTwice() throws Exception {
    int threads = 4;
    int each = 5_000;
    DecisionMemory large = new DecisionMemory(threads * each, START);
    CountDownLatch done = new CountDownLatch(threads);
    for (int t = 0; t < threads; t++) {
      String name = t + "-";
      Thread.ofPlatform()
          .start(
              () -> {
                for (int i = 0; i < each; i++) {
                  large.decided(event(name + i, ISSUED, i));
                }
                done.countDown();
              });
    }
    List<String> seen = new ArrayList<>();
    long after = 0;
    boolean last;
    do {
      last = done.getCount() == 0;
      List<RememberedDecision> news = large.list(event -> true, after, 0, Integer.MAX_VALUE);
      seen.addAll(ids(news));
      after = news.isEmpty() ? after : news.getFirst().number();
    } while (!last);
    done.await();
    assertThat(seen).hasSize(threads * each).doesNotHaveDuplicates();
  }
}
