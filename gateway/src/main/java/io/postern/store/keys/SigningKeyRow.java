package io.postern.store.keys;

import io.postern.store.database.RowMeta;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A signing key without its private part; all times are the database's.
 *
 * @param state pending, active or retired
 * @param publishedAt when every gateway published it, or null
 */
public record SigningKeyRow(
    String kid,
    String alg,
    String state,
    @Nullable Instant publishedAt,
    @Nullable Instant activatedAt,
    @Nullable Instant retiredAt,
    RowMeta meta) {}
