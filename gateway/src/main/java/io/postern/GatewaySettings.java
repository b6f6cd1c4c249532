package io.postern;

import io.postern.admin.registry.License;
import io.postern.admin.vault.CredentialLimit;
import io.postern.crypto.CryptoProvider;
import io.postern.crypto.MasterKeys;
import io.postern.decision.DecisionSettings;
import io.postern.http.ListenerSettings;
import io.postern.oauth.Issuer;
import io.postern.relay.RelaySettings;
import io.postern.replay.AssertionSettings;
import io.postern.store.audit.AuditSettings;
import io.postern.store.database.Database;
import io.postern.store.keys.SigningKeySettings;
import io.postern.sync.IndexSettings;
import io.postern.tls.TlsSettings;
import io.postern.tracing.TracingSettings;
import org.jspecify.annotations.Nullable;

/**
 * All that a gateway is told at its start: a record for each feature, which stands with the feature
 * and beside the options that fill it.
 *
 * @param crypto what signs, verifies and hashes
 * @param bootstrapAdminSecret the first administrator's secret, or null
 * @param decisions who is told what was decided about token requests
 * @param relay how targets of hosted credentials are called
 * @param tracing where traces go, or null for none
 */
public record GatewaySettings(
    Issuer issuer,
    ListenerSettings listeners,
    TlsSettings tls,
    Database database,
    MasterKeys masterKeys,
    CryptoProvider crypto,
    @Nullable String bootstrapAdminSecret,
    IndexSettings index,
    SigningKeySettings signingKeys,
    AuditSettings audit,
    License license,
    CredentialLimit credentialLimit,
    AssertionSettings assertions,
    DecisionSettings decisions,
    RelaySettings relay,
    @Nullable TracingSettings tracing) {

  @Override
  public String toString() {
    return "GatewaySettings[issuer=" + issuer + ", database=" + database + "]";
  }
}
