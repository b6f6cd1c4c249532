package io.postern.store.registry;

import io.postern.store.database.RegistryRow;
import io.postern.store.database.RowMeta;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A client secret without its value, which is not kept, and without its hash.
 *
 * @param expiresAt null for never
 * @param lastUsedAt when a token was last issued for it; null for not yet
 */
public record SecretRow(
    String secretId,
    @Nullable String description,
    @Nullable Instant expiresAt,
    @Nullable Instant lastUsedAt,
    RowMeta meta)
    implements RegistryRow {}
