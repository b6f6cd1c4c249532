package io.postern.relay;

import io.postern.http.HandedValues;
import java.net.InetAddress;

/** What all event loops of a gateway relay by. Thread-safe. */
public final class RelayParts {
  private final RelaySettings settings;
  private final HandedValues values;
  private final TargetAddresses addresses;
  private final RelayLimit limit;
  private final TargetTrust trust;

  public RelayParts(RelaySettings settings, HandedValues values) {
    this.settings = settings;
    this.values = values;
    this.addresses = new TargetAddresses(settings.addresses(), InetAddress::getAllByName);
    this.limit = new RelayLimit(settings.maxRequests());
    this.trust = TargetTrust.with(settings.authorities());
  }

  RelaySettings settings() {
    return settings;
  }

  HandedValues values() {
    return values;
  }

  TargetAddresses addresses() {
    return addresses;
  }

  RelayLimit limit() {
    return limit;
  }

  TargetTrust trust() {
    return trust;
  }
}
