package io.postern.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.postern.dev.BreakablePostgres;
import io.postern.faults.Checker.Step;
import io.postern.store.database.Database;
import io.postern.store.database.Schema;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;

/** A database server, three gateways and a checker, to break things at. Not thread-safe. */
final class Stage implements AutoCloseable {
  private static final String DATABASE = "postern";
  private static final Duration BOUND = Duration.ofSeconds(3);
  private static final Duration BEFORE = Duration.ofMillis(500);
  private static final Duration RECOVERY = Duration.ofSeconds(40);

  private final Path directory;
  private final Weather weather;
  private final Fleet fleet;
  private final Checker checker;
  private final Landmark landmark;
  private BreakablePostgres postgres;

  /**
   * Starts all of it, the load too.
   *
   * @param maxStaleness of each gateway
   * @param settings of each gateway, beside the usual ones
   */
  Stage(Duration maxStaleness, Map<String, String> settings) throws Exception {
    this(maxStaleness, 1, settings);
  }

  /**
   * The same with several hosts in the database's URL.
   *
   * @param hosts each leads to the one server at first
   */
  Stage(Duration maxStaleness, int hosts, Map<String, String> settings) throws Exception {
    long seed = Long.getLong("postern.faults.seed", System.nanoTime());
    FaultReport.line("seed: -Dpostern.faults.seed=" + seed);
    directory =
        Files.createTempDirectory(Files.createDirectories(Path.of("target/faults")), "run-");
    postgres = BreakablePostgres.create(directory.resolve("primary"));
    try (Connection connection = postgres.connect("postgres");
        Statement statement = connection.createStatement()) {
      statement.execute("create database " + DATABASE);
    }
    new Schema(Database.parse(postgres.url(DATABASE, postgres.port()))).migrate();
    Map<String, String> all = new HashMap<>(settings);
    all.put("POSTERN_MAX_STALENESS", maxStaleness.toString());
    fleet = new Fleet(postgres, DATABASE, hosts, all);
    Registration registration = new Registration(fleet.replica(0));
    landmark = new Landmark(registration);
    weather = new Weather(BOUND, maxStaleness);
    checker = new Checker(fleet, registration.model(), weather, new Random(seed));
  }

  /** Waits until all replicas are at the database's revision, which nobody raises meanwhile. */
  void awaitAllAt(long revision) throws IOException {
    long deadline = System.nanoTime() + RECOVERY.toNanos();
    for (Replica replica : fleet.replicas()) {
      while (replica.metric("postern_index_revision") != revision) {
        assertThat(System.nanoTime()).as("revision %d", revision).isLessThan(deadline);
        letRun(Duration.ofMillis(10));
      }
    }
  }

  Fleet fleet() {
    return fleet;
  }

  Checker checker() {
    return checker;
  }

  Landmark landmark() {
    return landmark;
  }

  BreakablePostgres postgres() {
    return postgres;
  }

  /** A superuser's connection, straight to the server that is the primary now. */
  Connection database() throws SQLException {
    return postgres.connect(DATABASE);
  }

  /** The revision of the last commit. */
  long head() throws SQLException {
    try (Connection connection = database();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("select revision from feed_head")) {
      row.next();
      return row.getLong(1);
    }
  }

  Path directory(String name) {
    return directory.resolve(name);
  }

  /** Another server is the primary from now on. The one before is dead. */
  void replacePrimary(BreakablePostgres other) throws IOException {
    postgres.close();
    postgres = other;
  }

  /** Leads the gateways to the primary, from the next connection on. */
  void leadToPrimary() {
    fleet.leadTo(postgres);
  }

  /** Starts the database server again, and leads the gateways to it. */
  void startPostgres() throws IOException {
    postgres.start();
    fleet.leadTo(postgres);
  }

  /** Lets the load go on for a time. */
  void letRun(Duration time) {
    LockSupport.parkNanos(time.toNanos());
  }

  /**
   * Breaks something that clients must not notice and puts it right, waits until all replicas are
   * ready and in step, and has all checked.
   *
   * @param what for the report
   */
  void fault(String what, Step broken, Step healed) throws Exception {
    long before = unavailable();
    outage(what, broken, healed);
    assertThat(unavailable()).as("answers 503").isEqualTo(before);
  }

  /** The same for what clients may notice: some replicas may answer 503 meanwhile. */
  void outage(String what, Step broken, Step healed) throws Exception {
    Findings findings = checker.findings();
    long issued = findings.counted("issued");
    long written = findings.counted("written");
    letRun(BEFORE);
    weather.breaks();
    broken.run();
    healed.run();
    long over = System.nanoTime();
    boolean recovered;
    try (Connection connection = database()) {
      recovered = landmark.awaitSeen(fleet.replicas(), landmark.commit(connection), RECOVERY);
    }
    Duration recovery = Duration.ofNanos(System.nanoTime() - over);
    weather.calms();
    if (!recovered) {
      findings.fault("a replica is stuck after: " + what);
    }
    try (Connection connection = database()) {
      checker.audit(connection);
    }
    FaultReport.line(
        "%s: all replicas in step %d ms after its end (%d tokens, %d writes)"
            .formatted(
                what,
                recovery.toMillis(),
                findings.counted("issued") - issued,
                findings.counted("written") - written));
    assertThat(findings.takeFaults()).as(what).isEmpty();
  }

  private long unavailable() {
    return fleet.replicas().stream().mapToLong(this::unavailable).sum();
  }

  /** How often a replica has answered 503. */
  long unavailable(Replica replica) {
    return checker.findings().counted("503 " + replica.name());
  }

  @Override
  public void close() throws IOException {
    checker.close();
    fleet.close();
    postgres.close();
    Files.delete(directory);
  }
}
