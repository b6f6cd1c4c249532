package io.postern.store.use;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.postern.client.AssertionUse;
import io.postern.client.ReplayGuard;
import io.postern.client.ReplayGuard.Verdict;
import io.postern.replay.BatchedReplayGuard;
import io.postern.store.database.Database;
import io.postern.store.database.Schema;
import io.postern.testing.ReplayGuardContract;
import io.postern.testing.RunningGuard;
import io.postern.testing.TestPostgres;
import io.postern.testing.TestRegistry;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PostgresReplayStoreTest extends ReplayGuardContract {
  private static final String URL = TestPostgres.newDatabase();
  private static RunningGuard guard;
  private static RunningGuard other;
  private static Connection connection;

  @BeforeAll
  static void start() throws SQLException {
    new Schema(Database.parse(URL)).migrate();
    connection = TestRegistry.connect(URL);
    guard = newGuard();
    other = newGuard();
  }

  @AfterAll
  static void stop() throws SQLException {
    guard.close();
    other.close();
    connection.close();
  }

  @BeforeEach
  void forget() throws SQLException {
    execute("truncate used_assertion_0, used_assertion_1, used_assertion_2");
    execute("update used_assertion_memory set since = '-infinity', written_by = default");
  }

  @Override
  protected ReplayGuard guard() {
    return guard;
  }

  private static RunningGuard newGuard() {
    return new RunningGuard(
        new PostgresReplayStore(Database.parse(URL), BatchedReplayGuard.BATCH_TIMEOUT));
  }

  @Test
  void use_onSeveralGatewaysAtOnce_isTheFirstForOneOfThem() throws Exception {
    assertEachAcceptedOnce(List.of(guard, other), 2_000);
  }

  @Test
  void use_whileWindowsChange_isTheFirstForOneOfThem() throws Exception {
    int presenters = 3;
    AtomicLongArray presented = new AtomicLongArray(presenters);
    AtomicBoolean done = new AtomicBoolean();
    int rotations = 0;
    try (ExecutorService threads = Executors.newFixedThreadPool(presenters)) {
      List<Future<?>> running =
          IntStream.range(0, presenters)
              .<Future<?>>mapToObj(
                  i ->
                      threads.submit(
                          () -> {
                            while (!done.get()) {
                              presentOverToBoth();
                              presented.incrementAndGet(i);
                            }
                          }))
              .toList();
      while (rotations < 150 && running.stream().noneMatch(Future::isDone)) {
        if (rotate()) {
          rotations++;
          // what was under way is answered before the next change: two of them do forget
          for (int i = 0; i < presenters; i++) {
            long seen = presented.get(i);
            while (presented.get(i) == seen && !running.get(i).isDone()) {
              Thread.onSpinWait();
            }
          }
        }
      }
      done.set(true);
      for (Future<?> each : running) {
        each.get();
      }
    }
  }

  private static void presentOverToBoth() {
    AssertionUse use = over();
    CompletableFuture<Verdict> one = present(guard, use);
    CompletableFuture<Verdict> two = present(other, use);
    assertThat(List.of(one.join(), two.join()))
        .containsExactlyInAnyOrder(Verdict.FIRST_USE, Verdict.REPLAYED);
  }

  @Test
  void rotation_keepsWhatIsNotOver() throws Exception {
    AssertionUse use = use("agent", newJti());
    present(guard, use).join();
    assertThat(rotate()).isTrue();
    assertThat(present(other, use).join()).isEqualTo(Verdict.REPLAYED);
    // nothing to make room for
    assertThat(rotate()).isFalse();
    present(guard, use("agent", newJti())).join();
    // what is not over is in the window before
    assertThat(rotate()).isFalse();
    assertThat(present(guard, use).join()).isEqualTo(Verdict.REPLAYED);
  }

  @Test
  void rotation_emptiesWhatIsOver() throws Exception {
    AssertionUse over = over();
    present(guard, over).join();
    assertThat(rotate()).isTrue();
    present(guard, over()).join();
    assertThat(rotate()).isTrue();
    // its table is the oldest: not looked at any more, and next to be emptied
    assertThat(present(guard, over).join()).isEqualTo(Verdict.FIRST_USE);
    assertThat(count()).isEqualTo(3);
    assertThat(rotate()).isTrue();
    assertThat(count()).isEqualTo(2);
  }

  @Test
  void memory_lost_takesOnlyWhatWasNotGoodBefore() throws Exception {
    Instant since = Instant.now();
    execute("truncate used_assertion_memory");
    assertForgotten(since);
  }

  @Test
  void memory_fromADump_isLostToo() throws Exception {
    Instant since = Instant.now();
    execute(
        "create temp table dump as select * from used_assertion_memory;"
            + " truncate used_assertion_memory;"
            + " insert into used_assertion_memory select * from dump; drop table dump");
    assertForgotten(since);
  }

  private static void assertForgotten(Instant since) {
    for (int seconds : new int[] {-300, 0, 4}) {
      AssertionUse before =
          new AssertionUse("agent", newJti(), since.plusSeconds(60), since.plusSeconds(seconds));
      assertThat(present(guard, before).join()).isEqualTo(Verdict.UNAVAILABLE);
      assertThat(present(other, before).join()).isEqualTo(Verdict.UNAVAILABLE);
    }
    AssertionUse after =
        new AssertionUse("agent", newJti(), since.plusSeconds(60), since.plusSeconds(30));
    assertThat(present(guard, after).join()).isEqualTo(Verdict.FIRST_USE);
    assertThat(present(other, after).join()).isEqualTo(Verdict.REPLAYED);
  }

  @Test
  void function_inATransactionWithOneSnapshot_refuses() throws SQLException {
    execute("begin isolation level repeatable read");
    try {
      assertThatThrownBy(() -> execute("select use_assertions('{}', '{}')"))
          .hasMessageContaining("READ COMMITTED");
    } finally {
      execute("rollback");
    }
  }

  // a use of an assertion that is over, so that it does not keep its window
  private static AssertionUse over() {
    return new AssertionUse("agent", newJti(), inSeconds(-100), inSeconds(86_400));
  }

  private static boolean rotate() throws SQLException {
    return "t".equals(query("select rotate_used_assertions(interval '0')"));
  }

  private static int count() throws SQLException {
    return Integer.parseInt(
        query(
            "select (select count(*) from used_assertion_0) + (select count(*) from"
                + " used_assertion_1) + (select count(*) from used_assertion_2)"));
  }

  private static void execute(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static String query(String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      rows.next();
      return rows.getString(1);
    }
  }
}
