package io.postern.testing;

import io.postern.GatewaySettings;
import io.postern.crypto.CryptoProvider;
import io.postern.decision.DecisionSettings;
import io.postern.oauth.Issuer;
import io.postern.store.keys.SigningKeyRotation;
import io.postern.tls.TlsSettings;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;

/** The settings of a test gateway with one of them changed. */
public final class ChangedSettings {
  private ChangedSettings() {}

  public static UnaryOperator<GatewaySettings> issuerPath(String path) {
    return s -> with(s, "issuer", new Issuer(s.issuer().identifier() + path));
  }

  /** The issuer of another gateway, as behind one load balancer. */
  public static UnaryOperator<GatewaySettings> issuer(String identifier) {
    return s -> with(s, "issuer", new Issuer(identifier));
  }

  public static UnaryOperator<GatewaySettings> administratorSecret(String secret) {
    return s -> with(s, "bootstrapAdminSecret", secret);
  }

  public static UnaryOperator<GatewaySettings> maxStaleness(Duration limit) {
    return s -> with(s, "maxStaleness", limit);
  }

  public static UnaryOperator<GatewaySettings> signingKeys(
      Duration jwksMaxAge, SigningKeyRotation.Intervals intervals) {
    return s -> with(s, "signingKeys", new GatewaySettings.SigningKeys(jwksMaxAge, intervals));
  }

  public static UnaryOperator<GatewaySettings> trustedProxies(String... networks) {
    return s -> with(s, "trustedProxies", List.of(networks));
  }

  public static UnaryOperator<GatewaySettings> replayMemory(GatewaySettings.ReplayMemory memory) {
    return s ->
        with(
            s,
            "assertions",
            new GatewaySettings.Assertions(
                s.assertions().maxAge(), s.assertions().clockSkew(), memory));
  }

  public static UnaryOperator<GatewaySettings> clockSkew(Duration skew) {
    return s ->
        with(
            s,
            "assertions",
            new GatewaySettings.Assertions(s.assertions().maxAge(), skew, s.assertions().memory()));
  }

  public static UnaryOperator<GatewaySettings> maxConnections(int count) {
    return s -> with(s, "maxConnections", count);
  }

  public static UnaryOperator<GatewaySettings> crypto(CryptoProvider provider) {
    return s -> with(s, "crypto", provider);
  }

  public static UnaryOperator<GatewaySettings> drain(Duration delay, Duration timeout) {
    return s -> with(s, "drain", new GatewaySettings.Drain(delay, timeout));
  }

  public static UnaryOperator<GatewaySettings> telemetry(GatewaySettings.Telemetry telemetry) {
    return s -> with(s, "telemetry", telemetry);
  }

  public static UnaryOperator<GatewaySettings> tls(TlsSettings tls) {
    return s -> with(s, "tls", tls);
  }

  public static UnaryOperator<GatewaySettings> decisions(DecisionSettings decisions) {
    return s -> with(s, "decisions", decisions);
  }

  private static GatewaySettings with(GatewaySettings settings, String changed, Object value) {
    RecordComponent[] components = GatewaySettings.class.getRecordComponents();
    Object[] values = new Object[components.length];
    try {
      for (int i = 0; i < components.length; i++) {
        values[i] =
            components[i].getName().equals(changed)
                ? value
                : components[i].getAccessor().invoke(settings);
      }
      return GatewaySettings.class
          .getConstructor(
              Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new))
          .newInstance(values);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("no setting " + changed, e);
    }
  }
}
