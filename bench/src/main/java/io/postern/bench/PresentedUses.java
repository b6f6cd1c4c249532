package io.postern.bench;

import io.postern.client.AssertionUse;
import io.postern.client.ReplayGuard;
import io.postern.client.ReplayGuard.Verdict;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.HdrHistogram.Histogram;

/**
 * Presents assertions that nobody has seen to a replay guard, on one event loop, so many at once
 * that are not answered yet. An event-loop verticle.
 */
final class PresentedUses extends VerticleBase {
  private static final Duration LIFE = Duration.ofMinutes(5);

  private final ReplayGuard guard;
  private final int mostUnanswered;
  private final int count;
  private final Histogram latency = new Histogram(3);
  private final Promise<Histogram> done = Promise.promise();
  private int presented;
  private int answered;
  private boolean presenting;

  private PresentedUses(ReplayGuard guard, int mostUnanswered, int count) {
    this.guard = guard;
    this.mostUnanswered = mostUnanswered;
    this.count = count;
  }

  /**
   * Presents them from several event loops and answers the latencies, in nanoseconds.
   *
   * @param unanswered of each event loop
   * @param count of all event loops
   */
  static Histogram run(Vertx vertx, ReplayGuard guard, int loops, int unanswered, int count) {
    List<PresentedUses> presenters = new ArrayList<>();
    for (int i = 0; i < loops; i++) {
      presenters.add(new PresentedUses(guard, unanswered, count / loops));
    }
    List<Future<String>> deployments = presenters.stream().map(vertx::deployVerticle).toList();
    Histogram all = new Histogram(3);
    presenters.forEach(each -> all.add(each.done.future().await()));
    deployments.forEach(each -> vertx.undeploy(each.await()).await());
    return all;
  }

  @Override
  public Future<?> start() {
    context.runOnContext(ignored -> present());
    return Future.succeededFuture();
  }

  private void present() {
    // a guard may answer on the same stack
    if (presenting) {
      return;
    }
    presenting = true;
    while (presented < count && presented - answered < mostUnanswered) {
      presented++;
      Instant now = Instant.now();
      String jti = UUID.randomUUID().toString();
      // good from now on only, so that a store without a past takes it
      AssertionUse use = new AssertionUse("agent", jti, now.plus(LIFE), now.plus(LIFE));
      long asked = System.nanoTime();
      guard.use(use, now, verdict -> note(verdict, asked));
    }
    presenting = false;
  }

  private void note(Verdict verdict, long asked) {
    latency.recordValue(System.nanoTime() - asked);
    answered++;
    if (verdict != Verdict.FIRST_USE) {
      done.tryFail(new IllegalStateException("not a first use: " + verdict));
    } else if (answered == count) {
      done.tryComplete(latency);
    }
    present();
  }
}
