package io.postern.store.keys;

import io.postern.jose.SignatureAlgorithm;
import io.postern.store.database.Author;
import io.postern.store.database.DatabaseUnavailableException;
import io.postern.store.database.Statements;
import io.postern.store.database.Transactions;
import io.postern.store.replica.ReplicaTable;
import io.vertx.sqlclient.Row;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The life of signing keys: pending, active, retired, gone. Any gateway may take the steps that are
 * due, one does, and all of them are one transaction. Nothing is decided by a gateway's clock.
 *
 * <ol>
 *   <li>An algorithm whose active key is older than the lifetime gets a pending key.
 *   <li>A pending key that every live gateway publishes is dated; from then on no verifier fetches
 *       a set without it.
 *   <li>When all sets that were fetched before have expired, it signs, and the one before it is
 *       retired.
 *   <li>A retired key goes when the last token that it can have signed has expired: a gateway that
 *       was cut off goes on with it until it is too stale.
 * </ol>
 *
 * <p>To be used on virtual threads.
 */
public final class SigningKeyRotation {
  /**
   * How long the steps take.
   *
   * @param lifetime how long a key signs; zero for ever
   * @param margin how long a published key waits beyond the age of the last set without it
   * @param retention how long a retired key stays after the last signature with it
   */
  public record Intervals(Duration lifetime, Duration margin, Duration retention) {
    /** For answers that are on their way, and for a database whose clock is set. */
    private static final Duration MARGIN = Duration.ofSeconds(10);

    /** The longest life of a token that the schema allows. */
    private static final Duration LONGEST_TOKEN = Duration.ofDays(1);

    /** How far the clock of a gateway or a verifier may be off. */
    private static final Duration CLOCK_SKEW = Duration.ofMinutes(1);

    /** With the margins that serve everywhere. */
    public static Intervals of(Duration lifetime) {
      return new Intervals(lifetime, MARGIN, LONGEST_TOKEN.plus(CLOCK_SKEW));
    }
  }

  /** What became of a key. */
  public enum Event {
    CREATED,
    PUBLISHED,
    ACTIVATED,
    RETIRED,
    REMOVED
  }

  /** One key's step. */
  public record Step(String kid, String alg, Event event) {
    /** A sentence for the log. */
    public String told() {
      String now =
          switch (event) {
            case CREATED -> "is new, and pending";
            case PUBLISHED -> "is published by every gateway";
            case ACTIVATED -> "signs from now on";
            case RETIRED -> "signs no more, and is retired";
            case REMOVED -> "is removed";
          };
      return "Signing key %s (%s) %s".formatted(kid, alg, now);
    }
  }

  private static final Author AUTHOR = new Author("postern", "");

  // any number that no other advisory lock of Postern has
  static final long LOCK = 0x706f_7374_6b65_7973L;

  // A live gateway that has not applied the key's last change holds a pending key up. So does one
  // that is starting: it may be reading a snapshot without the key. But once it is not heard of it
  // has ended, or does not take itself for confirmed when it has read that snapshot.
  private static final String LIVE =
      """
      with live as (
        select case when %1$s then r.applied_revision end as applied_revision,
               r.max_staleness_seconds + %2$d as may_sign_seconds,
               r.jwks_max_age_seconds
          from replica r
         where %3$s
           and (r.applied_revision is not null
                or r.seen_at > clock_timestamp() - make_interval(secs => %2$d)))
      """
          .formatted(ReplicaTable.STANDS, ReplicaTable.MARGIN.toSeconds(), ReplicaTable.LIVE);

  private static final String DUE =
      LIVE
          + """
          select kid, alg, state, due_at is null as undated from signing_key k
           where (state = 'retired' and due_at <= clock_timestamp())
              or (state = 'pending' and (due_at is null or due_at <= clock_timestamp())
                  and exists (select from live)
                  and not exists (
                    select from live
                     where applied_revision is null or applied_revision < k.revision))
           order by creation_number
          """;

  private static final String WITHOUT_YOUNG_KEY =
      """
      select alg from unnest($1::text[]) alg
       where not exists (
         select from signing_key k
          where k.alg = alg.alg
            and (state = 'pending'
                 or (state = 'active'
                     and ($2::float8 = 0
                          or coalesce(activated_at, created_at)
                             > clock_timestamp() - make_interval(secs => $2::float8)))))
      """;

  private static final String PUBLISH =
      LIVE
          + """
          update signing_key
             set published_at = clock_timestamp(),
                 due_at = clock_timestamp()
                   + make_interval(secs => (select max(jwks_max_age_seconds) from live))
                   + make_interval(secs => $2::float8)
           where kid = $1
          """;

  private static final String RETIRE =
      LIVE
          + """
          update signing_key
             set state = 'retired',
                 retired_at = clock_timestamp(),
                 due_at = clock_timestamp()
                   + make_interval(secs => (select max(may_sign_seconds) from live))
                   + make_interval(secs => $2::float8)
           where alg = $1 and state = 'active'
          returning kid
          """;

  private static final String ACTIVATE =
      """
      update signing_key
         set state = 'active', activated_at = clock_timestamp(), due_at = null
       where kid = $1
      """;

  private static final String[] ALGORITHMS =
      SignatureAlgorithm.FOR_TOKENS.stream().map(SignatureAlgorithm::value).toArray(String[]::new);

  private final Transactions transactions;
  private final Keyring keyring;
  private final Intervals intervals;

  public SigningKeyRotation(Transactions transactions, Keyring keyring, Intervals intervals) {
    this.transactions = transactions;
    this.keyring = keyring;
    this.intervals = intervals;
  }

  /**
   * Takes the steps that are due, if no other gateway is about it.
   *
   * @return what was done and committed
   * @throws DatabaseUnavailableException when PostgreSQL does not answer
   */
  public List<Step> run() {
    Statements reading = transactions.read();
    List<String> without = algorithmsWithoutYoungKey(reading);
    List<SealedSigningKey> made =
        SignatureAlgorithm.FOR_TOKENS.stream()
            .filter(algorithm -> without.contains(algorithm.value()))
            .map(keyring::newSigningKey)
            .toList();
    if (made.isEmpty() && reading.query(DUE).isEmpty()) {
      return List.of();
    }
    // null when another gateway has the lock
    List<Step> done = transactions.tryWrite(AUTHOR, LOCK, statements -> step(statements, made));
    return done == null ? List.of() : done;
  }

  private List<Step> step(Statements statements, List<SealedSigningKey> made) {
    List<Step> done = new ArrayList<>();
    for (Row row : statements.query(DUE)) {
      String kid = row.getString("kid");
      String alg = row.getString("alg");
      if (row.getString("state").equals("retired")) {
        statements.query("delete from signing_key where kid = $1", kid);
        done.add(new Step(kid, alg, Event.REMOVED));
      } else if (row.getBoolean("undated")) {
        statements.query(PUBLISH, kid, seconds(intervals.margin()));
        done.add(new Step(kid, alg, Event.PUBLISHED));
      } else {
        for (Row former : statements.query(RETIRE, alg, seconds(intervals.retention()))) {
          done.add(new Step(former.getString("kid"), alg, Event.RETIRED));
        }
        statements.query(ACTIVATE, kid);
        done.add(new Step(kid, alg, Event.ACTIVATED));
      }
    }
    List<String> without = algorithmsWithoutYoungKey(statements);
    for (SealedSigningKey key : made) {
      if (without.contains(key.alg())) {
        new SigningKeyTable(statements).insertPending(key);
        done.add(new Step(key.kid(), key.alg(), Event.CREATED));
      }
    }
    return done;
  }

  private List<String> algorithmsWithoutYoungKey(Statements statements) {
    return statements.query(WITHOUT_YOUNG_KEY, ALGORITHMS, seconds(intervals.lifetime())).stream()
        .map(row -> row.getString("alg"))
        .toList();
  }

  private static double seconds(Duration duration) {
    return duration.toMillis() / 1000.0;
  }
}
