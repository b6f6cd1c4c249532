package io.postern.command;

import io.postern.GatewaySettings;
import io.postern.admin.registry.LicenseOptions;
import io.postern.admin.vault.CredentialLimitOptions;
import io.postern.crypto.MasterKeys;
import io.postern.decision.DecisionOptions;
import io.postern.http.ListenerOptions;
import io.postern.oauth.Issuer;
import io.postern.relay.RelayOptions;
import io.postern.replay.AssertionOptions;
import io.postern.setting.SettingException;
import io.postern.setting.Settings;
import io.postern.store.AdministratorOptions;
import io.postern.store.audit.AuditOptions;
import io.postern.store.database.Database;
import io.postern.store.keys.SigningKeyOptions;
import io.postern.sync.IndexOptions;
import io.postern.tls.TlsSettings;
import io.postern.tracing.TracingOptions;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Mixin;

/** The settings of a gateway that {@code serve} and {@code dev} share: those of its features. */
final class GatewayOptions {
  private static final Logger LOG = LoggerFactory.getLogger(GatewayOptions.class);

  @Mixin ListenerOptions listeners = new ListenerOptions();
  @Mixin AdministratorOptions administrator = new AdministratorOptions();
  @Mixin IndexOptions index = new IndexOptions();
  @Mixin SigningKeyOptions signingKeys = new SigningKeyOptions();
  @Mixin LicenseOptions license = new LicenseOptions();
  @Mixin CredentialLimitOptions credentialLimit = new CredentialLimitOptions();
  @Mixin AssertionOptions assertions = new AssertionOptions();
  @Mixin CryptoOptions crypto = new CryptoOptions();
  @Mixin TracingOptions tracing = new TracingOptions();
  @Mixin AuditOptions audit = new AuditOptions();
  @Mixin DecisionOptions decisions = new DecisionOptions();
  @Mixin RelayOptions relay = new RelayOptions();

  /**
   * Checks what can be checked by itself.
   *
   * @throws SettingException naming the first bad one
   */
  void check() {
    var _ = listeners.findIssuer();
    var _ = listeners.settings();
    var _ = index.settings();
    var _ = signingKeys.settings();
    var _ = audit.settings();
    var _ = license.settings();
    var _ = credentialLimit.settings();
    var _ = assertions.settings();
    var _ = decisions.settings();
    var _ = relay.settings();
    var _ = tracing.settings();
    crypto.check();
  }

  /**
   * The settings, checked.
   *
   * @param defaultIssuer the issuer unless one is given
   * @param bootstrapAdminSecret the first administrator's secret, or null
   * @throws SettingException naming the first bad one
   */
  GatewaySettings toSettings(
      String defaultIssuer,
      Database database,
      MasterKeys masterKeys,
      @Nullable String bootstrapAdminSecret,
      TlsSettings tls) {
    Issuer given = listeners.findIssuer();
    Issuer issuer =
        given == null ? Settings.parse("POSTERN_ISSUER", defaultIssuer, Issuer::new) : given;
    if (tls.http() != null && issuer.identifier().startsWith("http:")) {
      LOG.warn("POSTERN_ISSUER is {}, but the public listener speaks TLS", issuer.identifier());
    }
    return new GatewaySettings(
        issuer,
        listeners.settings(),
        tls,
        database,
        masterKeys,
        crypto.provider(),
        bootstrapAdminSecret,
        index.settings(),
        signingKeys.settings(),
        audit.settings(),
        license.settings(),
        credentialLimit.settings(),
        assertions.settings(),
        decisions.settings(),
        relay.settings(),
        tracing.settings());
  }
}
