package io.postern.testing;

import io.postern.GatewaySettings;
import io.postern.crypto.CryptoProvider;
import io.postern.oauth.Issuer;
import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;

/** The settings of a test gateway with one of them changed. */
public final class ChangedSettings {
  private ChangedSettings() {}

  public static UnaryOperator<GatewaySettings> issuerPath(String path) {
    return s ->
        copy(
            s,
            new Issuer(s.issuer().identifier() + path),
            s.bootstrapAdminSecret(),
            s.maxStaleness(),
            s.assertions(),
            s.trustedProxies());
  }

  public static UnaryOperator<GatewaySettings> administratorSecret(String secret) {
    return s -> copy(s, s.issuer(), secret, s.maxStaleness(), s.assertions(), s.trustedProxies());
  }

  public static UnaryOperator<GatewaySettings> maxStaleness(Duration limit) {
    return s ->
        copy(s, s.issuer(), s.bootstrapAdminSecret(), limit, s.assertions(), s.trustedProxies());
  }

  public static UnaryOperator<GatewaySettings> trustedProxies(String... networks) {
    return s ->
        copy(
            s,
            s.issuer(),
            s.bootstrapAdminSecret(),
            s.maxStaleness(),
            s.assertions(),
            List.of(networks));
  }

  public static UnaryOperator<GatewaySettings> replayCapacity(int assertions) {
    return s ->
        copy(
            s,
            s.issuer(),
            s.bootstrapAdminSecret(),
            s.maxStaleness(),
            new GatewaySettings.Assertions(
                s.assertions().maxAge(), s.assertions().clockSkew(), assertions),
            s.trustedProxies());
  }

  public static UnaryOperator<GatewaySettings> crypto(CryptoProvider provider) {
    return s ->
        new GatewaySettings(
            s.issuer(),
            s.http(),
            s.management(),
            s.database(),
            s.masterKeys(),
            s.bootstrapAdminSecret(),
            s.maxStaleness(),
            s.licenseLimit(),
            s.eventLoops(),
            s.assertions(),
            s.trustedProxies(),
            s.drain(),
            provider);
  }

  private static GatewaySettings copy(
      GatewaySettings s,
      Issuer issuer,
      String administratorSecret,
      Duration maxStaleness,
      GatewaySettings.Assertions assertions,
      List<String> trustedProxies) {
    return new GatewaySettings(
        issuer,
        s.http(),
        s.management(),
        s.database(),
        s.masterKeys(),
        administratorSecret,
        maxStaleness,
        s.licenseLimit(),
        s.eventLoops(),
        assertions,
        trustedProxies,
        s.drain(),
        s.crypto());
  }
}
