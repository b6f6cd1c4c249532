package io.postern.store.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.postern.testing.TestPostgres;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.ThreadingModel;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Pool;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class StatementsTest {
  private final Vertx vertx = Vertx.vertx();

  @AfterEach
  void close() {
    vertx.close().await();
  }

  /** The thread of a verticle, which others wait for, must be able to wait again. */
  @Test
  void answerThatDoesNotCome_isUnavailable_andTheThreadGoesOn() throws Exception {
    Pool pool = Database.parse(TestPostgres.newDatabase()).pool(vertx);
    Statements impatient = new Statements(pool, Duration.ofMillis(100));
    Statements patient = new Statements(pool, Duration.ofSeconds(30));
    CompletableFuture<String> outcome = new CompletableFuture<>();
    onVirtualThread(
        () -> {
          try {
            assertThatThrownBy(() -> impatient.query("select pg_sleep(1)"))
                .isInstanceOf(DatabaseUnavailableException.class);
            // past the end of what was given up
            patient.query("select pg_sleep(2)");
            outcome.complete(patient.requireRow("select 'there'").getString(0));
          } catch (Throwable e) {
            outcome.completeExceptionally(e);
          }
        });
    assertThat(outcome.get(40, TimeUnit.SECONDS)).isEqualTo("there");
  }

  @Test
  void poolWithoutAFreeConnection_isUnavailable() {
    Pool pool = Database.parse(TestPostgres.newDatabase()).pool(vertx);
    assertThatThrownBy(() -> takeAll(pool)).isInstanceOf(DatabaseUnavailableException.class);
  }

  private static void takeAll(Pool pool) {
    for (int i = 0; i < 100; i++) {
      Statements.await(pool.getConnection());
    }
  }

  private void onVirtualThread(Runnable work) {
    vertx
        .deployVerticle(
            new VerticleBase() {
              @Override
              public Future<?> start() {
                context.runOnContext(ignored -> work.run());
                return Future.succeededFuture();
              }
            },
            new DeploymentOptions().setThreadingModel(ThreadingModel.VIRTUAL_THREAD))
        .await();
  }
}
