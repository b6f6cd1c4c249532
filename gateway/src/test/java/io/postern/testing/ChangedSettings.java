package io.postern.testing;

import io.postern.GatewaySettings;
import io.postern.crypto.CryptoProvider;
import io.postern.decision.DecisionSettings;
import io.postern.http.ListenerSettings;
import io.postern.oauth.Issuer;
import io.postern.relay.RelaySettings;
import io.postern.replay.ReplayMemory;
import io.postern.store.keys.SigningKeyRotation;
import io.postern.store.keys.SigningKeySettings;
import io.postern.tls.TlsSettings;
import io.postern.tracing.TracingSettings;
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
    return s -> with(s, "index", with(s.index(), "maxStaleness", limit));
  }

  public static UnaryOperator<GatewaySettings> signingKeys(
      Duration jwksMaxAge, SigningKeyRotation.Intervals intervals) {
    return s -> with(s, "signingKeys", new SigningKeySettings(jwksMaxAge, intervals));
  }

  public static UnaryOperator<GatewaySettings> trustedProxies(String... networks) {
    return s -> with(s, "listeners", with(s.listeners(), "trustedProxies", List.of(networks)));
  }

  public static UnaryOperator<GatewaySettings> corsOrigins(String... origins) {
    return s -> with(s, "listeners", with(s.listeners(), "corsOrigins", List.of(origins)));
  }

  public static UnaryOperator<GatewaySettings> replayMemory(ReplayMemory memory) {
    return s -> with(s, "assertions", with(s.assertions(), "memory", memory));
  }

  public static UnaryOperator<GatewaySettings> clockSkew(Duration skew) {
    return s -> with(s, "assertions", with(s.assertions(), "clockSkew", skew));
  }

  public static UnaryOperator<GatewaySettings> maxConnections(int count) {
    return s -> with(s, "listeners", with(s.listeners(), "maxConnections", count));
  }

  public static UnaryOperator<GatewaySettings> crypto(CryptoProvider provider) {
    return s -> with(s, "crypto", provider);
  }

  public static UnaryOperator<GatewaySettings> drain(Duration delay, Duration timeout) {
    return s ->
        with(
            s,
            "listeners",
            with(s.listeners(), "drain", new ListenerSettings.Drain(delay, timeout)));
  }

  public static UnaryOperator<GatewaySettings> accessLog() {
    return s -> with(s, "listeners", with(s.listeners(), "accessLog", true));
  }

  public static UnaryOperator<GatewaySettings> tracing(TracingSettings tracing) {
    return s -> with(s, "tracing", tracing);
  }

  public static UnaryOperator<GatewaySettings> tls(TlsSettings tls) {
    return s -> with(s, "tls", tls);
  }

  public static UnaryOperator<GatewaySettings> decisions(DecisionSettings decisions) {
    return s -> with(s, "decisions", decisions);
  }

  public static UnaryOperator<GatewaySettings> relay(RelaySettings relay) {
    return s -> with(s, "relay", relay);
  }

  /** A record with one of its components changed. */
  @SuppressWarnings("unchecked")
  private static <R extends Record> R with(R settings, String changed, Object value) {
    RecordComponent[] components = settings.getClass().getRecordComponents();
    Object[] values = new Object[components.length];
    try {
      for (int i = 0; i < components.length; i++) {
        values[i] =
            components[i].getName().equals(changed)
                ? value
                : components[i].getAccessor().invoke(settings);
      }
      return (R)
          settings
              .getClass()
              .getConstructor(
                  Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new))
              .newInstance(values);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("no setting " + changed, e);
    }
  }
}
