package io.postern.store.database;

import io.vertx.pgclient.PgException;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlClient;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Flyway's record of the migrations that a database has had, read with one query. To have Flyway
 * itself compare would be a third of a gateway's start: its loading, and connections of its own.
 */
public final class SchemaHistory {
  /** The migrations of this version and Flyway's checksums of them; a test compares. */
  static final Map<String, Integer> KNOWN =
      Map.ofEntries(
          Map.entry("1", -493596001),
          Map.entry("2", 906331418),
          Map.entry("3", -1445831259),
          Map.entry("4", 1888897233),
          Map.entry("5", -867417142),
          Map.entry("6", 990848079),
          Map.entry("7", 1639018592),
          Map.entry("8", -1443514075),
          Map.entry("9", 1343122708),
          Map.entry("10", 1631893018),
          Map.entry("11", 431993815),
          Map.entry("12", 1912087417));

  private static final String UNDEFINED_TABLE = "42P01";

  private SchemaHistory() {}

  /**
   * Compares; changes nothing. Blocks, so not on an event loop.
   *
   * @throws UnfitDatabaseException when the schema is not the current one
   */
  public static void requireCurrent(SqlClient client, Database database) {
    switch (state(client)) {
      case CURRENT -> {}
      case OLDER ->
          throw new UnfitDatabaseException(
              "the schema of %s is older than this version: run postern migrate"
                  .formatted(database));
      case NEWER ->
          throw new UnfitDatabaseException(
              "the schema of %s is newer than this version: run a newer postern"
                  .formatted(database));
      case DAMAGED ->
          throw new UnfitDatabaseException(
              "a migration of %s failed or was changed: see its flyway_schema_history"
                  .formatted(database));
    }
  }

  static Schema.State state(SqlClient client) {
    Set<String> missing = new HashSet<>(KNOWN.keySet());
    Schema.State state = Schema.State.CURRENT;
    try {
      for (Row row :
          client
              .query(
                  "select version, checksum, success from flyway_schema_history"
                      + " where version is not null")
              .execute()
              .await()) {
        Integer known = KNOWN.get(row.getString("version"));
        if (known == null) {
          return Schema.State.NEWER;
        }
        missing.remove(row.getString("version"));
        if (!row.getBoolean("success") || !known.equals(row.getInteger("checksum"))) {
          state = Schema.State.DAMAGED;
        }
      }
    } catch (PgException e) {
      if (UNDEFINED_TABLE.equals(e.getSqlState())) {
        return Schema.State.OLDER;
      }
      throw e;
    }
    return state == Schema.State.CURRENT && !missing.isEmpty() ? Schema.State.OLDER : state;
  }
}
