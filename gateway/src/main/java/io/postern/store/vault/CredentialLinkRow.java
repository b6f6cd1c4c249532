package io.postern.store.vault;

import io.postern.store.database.RegistryRow;
import io.postern.store.database.RowMeta;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an agent may do with a hosted credential.
 *
 * @param agentName what people call the agent
 * @param identifier the credential's, as are name and business type
 * @param credentialExpired whether the credential had expired when this was read
 * @param access sorted and distinct
 * @param requestsPerMinute null for no limit
 * @param expiresAt null for never
 */
public record CredentialLinkRow(
    String clientId,
    String agentName,
    String credentialId,
    String identifier,
    String name,
    String businessType,
    boolean credentialExpired,
    List<String> access,
    @Nullable Integer requestsPerMinute,
    @Nullable Instant expiresAt,
    RowMeta meta)
    implements RegistryRow {

  public CredentialLinkRow {
    access = List.copyOf(access);
  }
}
