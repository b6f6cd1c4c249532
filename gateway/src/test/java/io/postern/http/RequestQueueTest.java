package io.postern.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Context;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RequestQueueTest {
  private final Vertx vertx = Vertx.vertx();

  @AfterEach
  void close() {
    vertx.close().await();
  }

  @Test
  void tryTake_moreInOneTurnThanFit_areRefusedUntilTheNext() throws Exception {
    Context context = vertx.getOrCreateContext();
    RequestQueue queue = new RequestQueue(context, 2);
    Promise<List<Boolean>> taken = Promise.promise();
    context.runOnContext(
        first -> {
          List<Boolean> answers = new ArrayList<>();
          for (int i = 0; i < 3; i++) {
            answers.add(queue.tryTake());
          }
          context.runOnContext(
              next -> {
                answers.add(queue.tryTake());
                taken.complete(answers);
              });
        });
    assertThat(taken.future().await(10, TimeUnit.SECONDS)).containsExactly(true, true, false, true);
  }
}
