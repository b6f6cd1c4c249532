package io.postern.store.keys;

import static org.assertj.core.api.Assertions.assertThat;

import io.postern.crypto.CryptoProvider;
import io.postern.crypto.MasterKeys;
import io.postern.store.FirstStart;
import io.postern.store.database.Database;
import io.postern.store.database.Schema;
import io.postern.store.database.Transactions;
import io.postern.store.keys.SigningKeyRotation.Event;
import io.postern.store.keys.SigningKeyRotation.Intervals;
import io.postern.store.keys.SigningKeyRotation.Step;
import io.postern.store.replica.ReplicaTable;
import io.postern.testing.TestGateway;
import io.postern.testing.TestPostgres;
import io.postern.testing.TestRegistry;
import io.vertx.core.Vertx;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The steps in the life of a signing key. Time passes by moving what the database has noted into
 * the past; the rows of the gateways are written as gateways write them.
 */
@Timeout(60)
class SigningKeyRotationTest {
  private static final Duration MARGIN = Duration.ofSeconds(10);
  private static final Duration RETENTION = Duration.ofDays(1);
  private static final Duration LIFETIME = Duration.ofDays(90);
  private static final int JWKS_MAX_AGE = 300;
  private static final int MAX_STALENESS = 120;

  private final Vertx vertx = Vertx.vertx();
  private Database database;
  private Connection connection;
  private Keyring keyring;
  private SigningKeyRotation rotation;

  @BeforeEach
  void open() throws SQLException {
    String url = TestPostgres.newDatabase();
    database = Database.parse(url);
    new Schema(database).migrate();
    connection = TestRegistry.connect(url);
    keyring =
        new FirstStart(MasterKeys.parse(TestGateway.MASTER_KEY), CryptoProvider.best())
            .prepare(database.pool(vertx), null, FirstStart.Seed.NONE)
            .keyring();
    rotation = rotation(LIFETIME);
    replica("one");
    replica("two");
  }

  @AfterEach
  void close() throws SQLException {
    connection.close();
    vertx.close().await();
  }

  @Test
  void youngKeys_stayAsTheyAre() throws Exception {
    String before = query("select revision from feed_head").getFirst();

    assertThat(run(rotation)).isEmpty();
    assertThat(query("select revision from feed_head")).containsExactly(before);
  }

  @Test
  void life_fromPendingToGone() throws Exception {
    String old = key("active");
    agePast(LIFETIME);

    assertThat(run(rotation)).containsExactly(step(key("pending"), Event.CREATED));
    String next = key("pending");
    // not before every gateway has it
    assertThat(run(rotation)).isEmpty();
    applied("one");
    assertThat(run(rotation)).isEmpty();
    applied("two");
    assertThat(run(rotation)).containsExactly(step(next, Event.PUBLISHED));

    // not before every set without it has expired
    appliedByAll();
    assertThat(run(rotation)).isEmpty();
    pass(JWKS_MAX_AGE + MARGIN.toSeconds() - 5);
    assertThat(run(rotation)).isEmpty();
    pass(5);
    assertThat(run(rotation))
        .containsExactly(step(old, Event.RETIRED), step(next, Event.ACTIVATED));
    assertThat(key("active")).isEqualTo(next);

    // not before the last token of a gateway that was cut off has expired
    appliedByAll();
    pass(RETENTION.toSeconds() + MAX_STALENESS - 5);
    assertThat(run(rotation)).isEmpty();
    pass(5 + ReplicaTable.MARGIN.toSeconds());
    assertThat(run(rotation)).containsExactly(step(old, Event.REMOVED));
    assertThat(query("select kid from signing_key where alg = 'ES256'")).containsExactly(next);
    assertThat(run(rotation)).isEmpty();
  }

  @Test
  void times_areTheDatabases() throws Exception {
    agePast(LIFETIME);
    run(rotation);
    appliedByAll();
    run(rotation);
    appliedByAll();
    pass(JWKS_MAX_AGE + MARGIN.toSeconds());
    run(rotation);

    assertThat(
            query(
                """
                select bool_and(published_at > now() - interval '1 min'
                         and coalesce(activated_at, now()) > now() - interval '1 min'
                         and created_at > now() - interval '1 min')
                  from signing_key where kid = '%s'
                """
                    .formatted(key("active"))))
        .containsExactly("t");
    assertThat(query("select count(retired_at) from signing_key")).containsExactly("1");
  }

  @Test
  void gatewayBehind_holdsThePublicationUp() throws Exception {
    agePast(LIFETIME);
    run(rotation);
    applied("one");

    assertThat(run(rotation)).isEmpty();
  }

  @Test
  void gatewayBehind_holdsTheActivationUp() throws Exception {
    agePast(LIFETIME);
    run(rotation);
    appliedByAll();
    run(rotation);
    pass(JWKS_MAX_AGE + MARGIN.toSeconds());
    applied("two");

    assertThat(run(rotation)).isEmpty();
    applied("one");
    assertThat(run(rotation)).extracting(Step::event).contains(Event.ACTIVATED);
  }

  // It may be reading a snapshot from before the key.
  @Test
  void gatewayThatStarts_holdsThePublicationUp() throws Exception {
    agePast(LIFETIME);
    run(rotation);
    appliedByAll();
    replica("starting");

    assertThat(run(rotation)).isEmpty();
    applied("starting");
    assertThat(run(rotation)).extracting(Step::event).containsExactly(Event.PUBLISHED);
  }

  @Test
  void gatewayThatIsDead_holdsNothingUp_onceItCannotIssueAnyMore() throws Exception {
    agePast(LIFETIME);
    run(rotation);
    applied("one");
    lastSeen("two", MAX_STALENESS + ReplicaTable.MARGIN.toSeconds() - 5);
    assertThat(run(rotation)).isEmpty();

    lastSeen("two", MAX_STALENESS + ReplicaTable.MARGIN.toSeconds() + 1);
    assertThat(run(rotation)).extracting(Step::event).containsExactly(Event.PUBLISHED);
  }

  // One that cannot start is started again and again.
  @Test
  void gatewayThatEndedWhileItStarted_holdsNothingUp() throws Exception {
    agePast(LIFETIME);
    run(rotation);
    appliedByAll();
    replica("starting");
    lastSeen("starting", ReplicaTable.MARGIN.toSeconds() + 1);

    assertThat(run(rotation)).extracting(Step::event).containsExactly(Event.PUBLISHED);
  }

  // It says that it has the number, but of a history that is gone.
  @Test
  void gatewayInALostHistory_holdsThePublicationUp() throws Exception {
    agePast(LIFETIME);
    run(rotation);
    appliedByAll();
    execute("update replica set applied_mark = gen_random_uuid() where replica_id = 'two'");

    assertThat(run(rotation)).isEmpty();
  }

  @Test
  void noGatewayKnown_nothingIsTakenForPublished() throws Exception {
    execute("delete from replica");
    agePast(LIFETIME);
    run(rotation);

    assertThat(run(rotation)).isEmpty();
  }

  // During a change of the setting, the longest counts.
  @Test
  void overlap_isByTheLongestMaxAgeOfAnyGateway() throws Exception {
    execute("update replica set jwks_max_age_seconds = 3600 where replica_id = 'two'");
    agePast(LIFETIME);
    run(rotation);
    appliedByAll();
    run(rotation);
    appliedByAll();

    execute("update replica set jwks_max_age_seconds = 1");
    pass(3600);
    assertThat(run(rotation)).isEmpty();
    pass(MARGIN.toSeconds());
    assertThat(run(rotation)).extracting(Step::event).contains(Event.ACTIVATED);
  }

  @Test
  void lifetimeZero_isForEver() throws Exception {
    agePast(Duration.ofDays(3650));

    assertThat(run(rotation(Duration.ZERO))).isEmpty();
  }

  @Test
  void algorithmWithoutAKey_getsOne() throws Exception {
    execute("delete from signing_key where alg = 'EdDSA'");

    assertThat(run(rotation(Duration.ZERO)))
        .singleElement()
        .satisfies(step -> assertThat(step.alg()).isEqualTo("EdDSA"))
        .extracting(Step::event)
        .isEqualTo(Event.CREATED);
  }

  @Test
  void severalGatewaysAtOnce_oneTakesEachStep() throws Exception {
    agePast(LIFETIME);
    List<Event> expected =
        List.of(Event.CREATED, Event.PUBLISHED, Event.RETIRED, Event.ACTIVATED, Event.REMOVED);
    List<Step> done = new ArrayList<>();
    for (int round = 0; round < 4; round++) {
      done.addAll(runAtOnce(4));
      appliedByAll();
      pass(RETENTION.toSeconds() + JWKS_MAX_AGE + MAX_STALENESS + 60);
    }

    assertThat(done).extracting(Step::event).containsExactlyElementsOf(expected);
    assertThat(query("select count(*) from signing_key")).containsExactly("4");
  }

  @Test
  void lockHeldByAnother_nothingIsDoneAndNothingWaits() throws Exception {
    agePast(LIFETIME);
    connection.setAutoCommit(false);
    query("select pg_advisory_xact_lock(" + SigningKeyRotation.LOCK + ")");
    assertThat(run(rotation)).isEmpty();
    connection.rollback();
    connection.setAutoCommit(true);

    assertThat(run(rotation)).isNotEmpty();
  }

  @Test
  void audit_namesPosternAndHoldsNoPrivateKey() throws Exception {
    agePast(LIFETIME);
    run(rotation);

    assertThat(
            query(
                """
                select actor || ' ' || action from audit_event
                 where target_type = 'signing_key' order by event_id desc limit 1
                """))
        .containsExactly("postern insert");
    assertThat(query("select count(*) from audit_event where after ? 'private_key'"))
        .containsExactly("0");
  }

  private SigningKeyRotation rotation(Duration lifetime) {
    return new SigningKeyRotation(
        new Transactions(database.pool(vertx)),
        keyring,
        new Intervals(lifetime, MARGIN, RETENTION));
  }

  private static List<Step> run(SigningKeyRotation rotation) throws Exception {
    return onVirtualThread(rotation::run).get();
  }

  private List<Step> runAtOnce(int gateways) throws Exception {
    List<CompletableFuture<List<Step>>> all = new ArrayList<>();
    for (int i = 0; i < gateways; i++) {
      all.add(onVirtualThread(rotation(LIFETIME)::run));
    }
    List<Step> done = new ArrayList<>();
    for (CompletableFuture<List<Step>> each : all) {
      done.addAll(each.get());
    }
    return done;
  }

  private static <T> CompletableFuture<T> onVirtualThread(Callable<T> work) {
    CompletableFuture<T> result = new CompletableFuture<>();
    Thread.startVirtualThread(
        () -> {
          try {
            result.complete(work.call());
          } catch (Throwable e) {
            result.completeExceptionally(e);
          }
        });
    return result;
  }

  private static Step step(String kid, Event event) {
    return new Step(kid, "ES256", event);
  }

  /** The ES256 key in that state. */
  private String key(String state) throws SQLException {
    return query("select kid from signing_key where alg = 'ES256' and state = '" + state + "'")
        .getFirst();
  }

  /** Makes the active ES256 key that old. */
  private void agePast(Duration age) throws SQLException {
    execute(
        """
        update signing_key set activated_at = now() - interval '%d s'
         where alg = 'ES256' and state = 'active'
        """
            .formatted(age.toSeconds() + 1));
    appliedByAll();
  }

  private void pass(long seconds) throws SQLException {
    // outside of the feed, as the passing of time is
    execute(
        """
        set session_replication_role = replica;
        update signing_key set due_at = due_at - interval '%d s';
        set session_replication_role = origin
        """
            .formatted(seconds));
  }

  private void replica(String id) throws SQLException {
    execute(
        """
        insert into replica (replica_id, host, max_staleness_seconds, jwks_max_age_seconds)
        values ('%s', 'test', %d, %d)
        """
            .formatted(id, MAX_STALENESS, JWKS_MAX_AGE));
  }

  private void applied(String id) throws SQLException {
    execute(
        """
        update replica set applied_revision = revision, applied_mark = mark
          from feed_head where replica_id = '%s'
        """
            .formatted(id));
  }

  private void appliedByAll() throws SQLException {
    execute("update replica set applied_revision = revision, applied_mark = mark from feed_head");
  }

  private void lastSeen(String id, long secondsAgo) throws SQLException {
    execute(
        "update replica set seen_at = clock_timestamp() - interval '%d s' where replica_id = '%s'"
            .formatted(secondsAgo, id));
  }

  private void execute(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private List<String> query(String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      List<String> values = new ArrayList<>();
      while (rows.next()) {
        values.add(rows.getString(1));
      }
      return values;
    }
  }
}
