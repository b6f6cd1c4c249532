package io.postern.store.registry;

import io.postern.store.database.RegistryRow;
import io.postern.store.database.RowMeta;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a client may have on a resource.
 *
 * @param audience the resource's
 * @param scopes sorted and distinct
 * @param expiresAt null for never
 */
public record GrantRow(
    String clientId,
    String resourceId,
    String audience,
    List<String> scopes,
    @Nullable Instant expiresAt,
    RowMeta meta)
    implements RegistryRow {

  public GrantRow {
    scopes = List.copyOf(scopes);
  }
}
