package io.postern.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Context;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RequestQueueTest {
  private final Vertx vertx = Vertx.vertx();

  @AfterEach
  void close() {
    vertx.close().await();
  }

  @Test
  void turnsThatAreFull_areTakenUpToTheCapacity_thenAShareOfEach() throws Exception {
    assertThat(takenOf(1_024, 1_024, 1_024, 1_024)).containsExactly(1_024, 976, 250, 250);
  }

  @Test
  void aTurnThatIsNotFull_endsTheRow() throws Exception {
    assertThat(takenOf(1_024, 1_024, 999, 1_024, 1_024))
        .containsExactly(1_024, 976, 250, 1_024, 976);
  }

  @Test
  void turnsThatAreNotFull_areTakenWhole() throws Exception {
    assertThat(takenOf(999, 999, 999, 999)).containsExactly(999, 999, 999, 999);
  }

  /** How many of the requests of each turn are taken. */
  private List<Integer> takenOf(int... turns) throws TimeoutException {
    Context context = vertx.getOrCreateContext();
    RequestQueue queue = new RequestQueue(context, new Traffic());
    List<Integer> taken = new ArrayList<>();
    for (int requests : turns) {
      Promise<Integer> turn = Promise.promise();
      context.runOnContext(
          ignored -> {
            int count = 0;
            for (int i = 0; i < requests; i++) {
              count += queue.tryTake() ? 1 : 0;
            }
            turn.complete(count);
          });
      taken.add(turn.future().await(10, TimeUnit.SECONDS));
    }
    return taken;
  }
}
