package io.postern.store.use;

import io.postern.client.AssertionDigest;
import io.postern.replay.ReplayStore;
import io.postern.store.database.Database;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgConnection;
import io.vertx.sqlclient.PreparedStatement;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/** Used assertions in the tables that take turns; a batch is one call of their function. */
public final class PostgresReplayStore implements ReplayStore {
  private static final String USE =
      "select first_used, remembered_since from use_assertions($1, $2)";

  private final Database database;
  private final String settings;

  /**
   * @param batchTimeout when PostgreSQL gives a batch up
   */
  public PostgresReplayStore(Database database, Duration batchTimeout) {
    this.database = database;
    // Whatever the role's defaults are. There is no write-ahead log to wait for, but for a marker.
    this.settings =
        """
        set statement_timeout = %d;
        set synchronous_commit = off;
        set default_transaction_isolation = 'read committed'\
        """
            .formatted(batchTimeout.toMillis());
  }

  @Override
  public String name() {
    return "postgresql";
  }

  @Override
  public Future<Session> connect(Vertx vertx) {
    return database.connect(vertx, "replay").compose(this::prepare);
  }

  private Future<Session> prepare(PgConnection connection) {
    return connection
        .query(settings)
        .execute()
        .compose(ignored -> connection.prepare(USE))
        .<Session>map(use -> new PostgresSession(connection, use))
        .onFailure(e -> connection.close());
  }

  private record PostgresSession(PgConnection connection, PreparedStatement statement)
      implements Session {
    @Override
    public Future<Answer> use(List<Use> uses, Instant now) {
      UUID[] digests = new UUID[uses.size()];
      OffsetDateTime[] ends = new OffsetDateTime[uses.size()];
      for (int i = 0; i < digests.length; i++) {
        digests[i] = uuid(uses.get(i).digest());
        ends[i] = OffsetDateTime.ofInstant(uses.get(i).until(), ZoneOffset.UTC);
      }
      return statement
          .query()
          .execute(Tuple.tuple().addArrayOfUUID(digests).addArrayOfOffsetDateTime(ends))
          .map(rows -> answer(digests, rows));
    }

    private static Answer answer(UUID[] digests, RowSet<Row> rows) {
      Row row = rows.iterator().next();
      Set<UUID> first = new HashSet<>(List.of(row.getArrayOfUUIDs(0)));
      List<Boolean> firstUses = new ArrayList<>(digests.length);
      for (UUID digest : digests) {
        // of several in one batch one is the first
        firstUses.add(first.remove(digest));
      }
      Long since = row.getLong(1);
      return new Answer(firstUses, since == null ? Instant.MIN : Instant.ofEpochSecond(since));
    }

    private static UUID uuid(AssertionDigest digest) {
      return new UUID(digest.high(), digest.low());
    }

    @Override
    public void onLoss(Runnable handler) {
      connection.closeHandler(ignored -> handler.run());
    }

    @Override
    public Future<Void> close() {
      return connection.close();
    }
  }
}
