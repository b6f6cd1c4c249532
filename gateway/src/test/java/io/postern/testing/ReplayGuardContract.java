package io.postern.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.postern.client.AssertionUse;
import io.postern.client.ReplayGuard;
import io.postern.client.ReplayGuard.Verdict;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What every replay guard keeps to, wherever it remembers. */
public abstract class ReplayGuardContract {
  /** The guard that is tested. */
  protected abstract ReplayGuard guard();

  /** A use of an assertion that is good from tomorrow on, and so cannot have been forgotten. */
  protected static AssertionUse use(String clientId, String jti) {
    return new AssertionUse(clientId, jti, inSeconds(60), inSeconds(86_400));
  }

  /** The instant that many seconds from now. */
  protected static Instant inSeconds(int seconds) {
    return Instant.now().plusSeconds(seconds);
  }

  protected static String newJti() {
    return UUID.randomUUID().toString();
  }

  /** Presents an assertion. */
  protected static CompletableFuture<Verdict> present(ReplayGuard guard, AssertionUse use) {
    CompletableFuture<Verdict> verdict = new CompletableFuture<>();
    guard.use(
        use,
        Instant.now(),
        answer -> {
          if (!verdict.complete(answer)) {
            throw new IllegalStateException("answered twice");
          }
        });
    return verdict.orTimeout(20, TimeUnit.SECONDS);
  }

  @Test
  void use_again_isAReplay() {
    AssertionUse use = use("agent", newJti());
    assertThat(present(guard(), use).join()).isEqualTo(Verdict.FIRST_USE);
    assertThat(present(guard(), use).join()).isEqualTo(Verdict.REPLAYED);
  }

  @Test
  void use_sameJtiWithAnotherEnd_isAReplay() {
    String jti = newJti();
    present(guard(), use("agent", jti)).join();
    AssertionUse longer = new AssertionUse("agent", jti, inSeconds(200), inSeconds(86_400));
    assertThat(present(guard(), longer).join()).isEqualTo(Verdict.REPLAYED);
  }

  @Test
  void use_sameJtiOfAnotherClient_isAnother() {
    String jti = newJti();
    present(guard(), use("agent", jti)).join();
    assertThat(present(guard(), use("other", jti)).join()).isEqualTo(Verdict.FIRST_USE);
  }

  @Test
  void use_ofMany_remembersEach() {
    List<AssertionUse> uses =
        IntStream.range(0, 3_000).mapToObj(i -> use("agent", newJti())).toList();
    for (Verdict expected : List.of(Verdict.FIRST_USE, Verdict.REPLAYED)) {
      List<CompletableFuture<Verdict>> verdicts =
          uses.stream().map(use -> present(guard(), use)).toList();
      assertThat(verdicts).allSatisfy(verdict -> assertThat(verdict.join()).isEqualTo(expected));
    }
  }

  @Test
  void use_bySeveralThreadsAtOnce_isTheFirstForOneOfThem() throws Exception {
    assertEachAcceptedOnce(List.of(guard()), 300);
  }

  /** Presents assertions to all guards at once, to each by two threads. */
  protected static void assertEachAcceptedOnce(List<ReplayGuard> guards, int assertions)
      throws Exception {
    List<AssertionUse> uses =
        IntStream.range(0, assertions).mapToObj(i -> use("agent", newJti())).toList();
    List<Future<List<CompletableFuture<Verdict>>>> presenters = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (ReplayGuard guard : guards) {
        for (int i = 0; i < 2; i++) {
          presenters.add(
              threads.submit(() -> uses.stream().map(use -> present(guard, use)).toList()));
        }
      }
    }
    for (int i = 0; i < assertions; i++) {
      List<Verdict> verdicts = new ArrayList<>();
      for (Future<List<CompletableFuture<Verdict>>> presenter : presenters) {
        verdicts.add(presenter.get().get(i).join());
      }
      assertThat(verdicts).containsOnlyOnce(Verdict.FIRST_USE);
      assertThat(Collections.frequency(verdicts, Verdict.REPLAYED)).isEqualTo(verdicts.size() - 1);
    }
  }
}
