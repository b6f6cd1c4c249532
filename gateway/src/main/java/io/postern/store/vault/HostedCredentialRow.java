package io.postern.store.vault;

import io.postern.store.database.RegistryRow;
import io.postern.store.database.RowMeta;
import io.postern.vault.BusinessType;
import io.postern.vault.CredentialKind;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A hosted credential without its values.
 *
 * @param values which live ones there are, oldest first
 * @param lastUsedAt about when an agent last obtained it or called through the relay; null for
 *     never
 */
public record HostedCredentialRow(
    String credentialId,
    String identifier,
    BusinessType businessType,
    CredentialKind kind,
    Settings settings,
    List<Value> values,
    @Nullable Instant lastUsedAt,
    RowMeta meta)
    implements RegistryRow {

  public HostedCredentialRow {
    values = List.copyOf(values);
  }

  /**
   * What may be changed.
   *
   * @param keyId what the provider calls the present value
   * @param expiresAt null for never
   * @param requestsPerMinute null for no limit
   * @param target JSON, null when the relay may call nothing
   * @param oauthClient JSON, null unless the credential is an OAuth client
   */
  public record Settings(
      String name,
      @Nullable String description,
      @Nullable String keyId,
      @Nullable Instant expiresAt,
      @Nullable Integer requestsPerMinute,
      @Nullable String target,
      @Nullable String oauthClient) {

    /** The same with another key id. */
    public Settings withKeyId(@Nullable String other) {
      return new Settings(
          name, description, other, expiresAt, requestsPerMinute, target, oauthClient);
    }

    /** The same with another OAuth client. */
    public Settings withOAuthClient(@Nullable String other) {
      return new Settings(name, description, keyId, expiresAt, requestsPerMinute, target, other);
    }
  }

  /**
   * That there is a value.
   *
   * @param expiresAt until when a former value is kept; null for the present one
   */
  public record Value(String valueId, Instant createdAt, @Nullable Instant expiresAt) {}
}
