package io.postern.bench;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.postern.client.InMemoryReplayGuard;
import io.postern.client.ReplayGuard;
import io.postern.crypto.CryptoProvider;
import io.postern.dev.EmbeddedPostgres;
import io.postern.replay.BatchMeters;
import io.postern.replay.BatchedReplayGuard;
import io.postern.replay.RedisReplayStore;
import io.postern.replay.RedisServer;
import io.postern.replay.ReplayStore;
import io.postern.store.database.Database;
import io.postern.store.database.Schema;
import io.postern.store.use.PostgresReplayStore;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import org.HdrHistogram.Histogram;

/**
 * What does it cost to use an assertion up, by the store that remembers it? Assertions a second,
 * the latency that the store adds, and bytes for each remembered assertion.
 *
 * <p>Two event loops present assertions that nobody has seen, each always so many at once that are
 * not answered yet; each row has been run before, to warm up. The guard is a gateway's; PostgreSQL
 * and Redis are servers of their own on this machine, without persistence in Redis, and take their
 * share of its cores.
 *
 * <pre>
 * java --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow
 *   -cp bench/target/benchmarks.jar io.postern.bench.ReplayStores 200000
 * </pre>
 */
public final class ReplayStores {
  private static final int DEFAULT_ASSERTIONS = 200_000;
  private static final int EVENT_LOOPS = 2;
  private static final int[] UNANSWERED = {1, 8, 64, 512};

  private final Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(EVENT_LOOPS));
  private final CryptoProvider crypto = CryptoProvider.best();
  private final int assertions;

  private ReplayStores(int assertions) {
    this.assertions = assertions;
  }

  /**
   * Prints a table row for each store and load, and the bytes.
   *
   * @param args assertions in each row, or nothing for 200,000
   */
  public static void main(String[] args) throws IOException, SQLException {
    int assertions = args.length == 0 ? DEFAULT_ASSERTIONS : Integer.parseInt(args[0]);
    ReplayStores bench = new ReplayStores(assertions);
    Path directory = Files.createTempDirectory("replay-stores-");
    try {
      System.out.println("| store | unanswered | assertions/s | p50 | p99 | p99.9 | max |");
      System.out.println("| --- | --- | --- | --- | --- | --- | --- |");
      bench.memory();
      bench.postgres(directory);
      bench.redis(directory);
    } finally {
      bench.vertx.close().await();
    }
  }

  private void memory() {
    measure("memory", new InMemoryReplayGuard(crypto, 10 * assertions));
  }

  private void postgres(Path directory) throws IOException, SQLException {
    try (EmbeddedPostgres server =
        EmbeddedPostgres.start(
            directory.resolve("postgres"), EmbeddedPostgres.Options.forDevelopment())) {
      server.createDatabase("bench");
      String url = server.databaseUrl("bench");
      Database database = Database.parse(url);
      new Schema(database).migrate();
      measure(new PostgresReplayStore(database, BatchedReplayGuard.BATCH_TIMEOUT));
      printBytes(url);
    }
  }

  private static void printBytes(String url) throws SQLException {
    URI uri = URI.create(url);
    String[] user = uri.getUserInfo().split(":", 2);
    try (Connection connection =
            DriverManager.getConnection(
                "jdbc:postgresql://127.0.0.1:" + uri.getPort() + uri.getPath(), user[0], user[1]);
        Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                """
                select count(*), pg_table_size('used_assertion_0'),
                       pg_indexes_size('used_assertion_0')
                  from used_assertion_0\
                """)) {
      row.next();
      double count = row.getLong(1);
      System.out.printf(
          "%npostgresql: %.1f bytes each, of them %.1f in the table and %.1f in its index%n%n",
          (row.getLong(2) + row.getLong(3)) / count,
          row.getLong(2) / count,
          row.getLong(3) / count);
    }
  }

  private void redis(Path directory) throws IOException {
    try (BenchRedis server = BenchRedis.start(directory)) {
      long before = server.usedMemory();
      measure(new RedisReplayStore(RedisServer.parse(server.url())));
      System.out.printf(
          "%nredis: %.1f bytes each%n",
          (double) (server.usedMemory() - before) / (2L * assertions * UNANSWERED.length));
    }
  }

  private void measure(ReplayStore store) {
    BatchedReplayGuard guard =
        new BatchedReplayGuard(
            store, crypto, Clock.systemUTC(), new BatchMeters(new SimpleMeterRegistry(), store));
    String deployment = vertx.deployVerticle(guard).await();
    measure(store.name(), guard);
    vertx.undeploy(deployment).await();
  }

  private void measure(String name, ReplayGuard guard) {
    for (int unanswered : UNANSWERED) {
      PresentedUses.run(vertx, guard, EVENT_LOOPS, unanswered, assertions);
      long began = System.nanoTime();
      Histogram latency = PresentedUses.run(vertx, guard, EVENT_LOOPS, unanswered, assertions);
      double seconds = (System.nanoTime() - began) / 1e9;
      System.out.printf(
          "| %s | %d | %,.0f | %s | %s | %s | %s |%n",
          name,
          EVENT_LOOPS * unanswered,
          assertions / seconds,
          millis(latency.getValueAtPercentile(50)),
          millis(latency.getValueAtPercentile(99)),
          millis(latency.getValueAtPercentile(99.9)),
          millis(latency.getMaxValue()));
    }
  }

  private static String millis(long nanos) {
    return "%.3f ms".formatted(nanos / 1e6);
  }
}
