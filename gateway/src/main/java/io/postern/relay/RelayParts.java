package io.postern.relay;

import io.postern.http.HandedValues;

/** What all event loops of a gateway relay by. Thread-safe. */
public final class RelayParts {
  private final Targets targets;
  private final HandedValues values;
  private final RelayLimit limit;

  public RelayParts(Targets targets, HandedValues values) {
    this.targets = targets;
    this.values = values;
    this.limit = new RelayLimit(targets.settings().maxRequests());
  }

  /** How many calls are in progress. */
  public int callsInProgress() {
    return limit.calls();
  }

  RelaySettings settings() {
    return targets.settings();
  }

  HandedValues values() {
    return values;
  }

  TargetAddresses addresses() {
    return targets.addresses();
  }

  RelayLimit limit() {
    return limit;
  }

  TargetTrust trust() {
    return targets.trust();
  }
}
