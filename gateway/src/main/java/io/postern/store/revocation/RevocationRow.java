package io.postern.store.revocation;

import io.postern.revocation.NotBeforeLine;
import io.postern.store.database.RegistryRow;
import io.postern.store.database.RowMeta;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A not-before line, with who drew it last.
 *
 * @param line its second is {@link NotBeforeLine#ALWAYS} while nothing counts
 * @param endsAt when no token is as old as it
 */
public record RevocationRow(
    String revocationId, NotBeforeLine line, @Nullable String reason, Instant endsAt, RowMeta meta)
    implements RegistryRow {}
