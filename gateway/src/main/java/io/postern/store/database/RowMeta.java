package io.postern.store.database;

import io.vertx.sqlclient.Row;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;

/**
 * What every row of the registry carries.
 *
 * @param creationNumber in the order of creation, which is the order of commits
 * @param revision of the last change
 */
public record RowMeta(long creationNumber, Instant createdAt, Instant updatedAt, long revision) {
  public static final String COLUMNS = "creation_number, created_at, updated_at, revision";

  public static RowMeta of(Row row) {
    return new RowMeta(
        row.getLong("creation_number"),
        row.getOffsetDateTime("created_at").toInstant(),
        row.getOffsetDateTime("updated_at").toInstant(),
        row.getLong("revision"));
  }

  public static @Nullable Instant instant(@Nullable OffsetDateTime time) {
    return time == null ? null : time.toInstant();
  }

  public static @Nullable OffsetDateTime offset(@Nullable Instant time) {
    return time == null ? null : time.atOffset(ZoneOffset.UTC);
  }
}
