package io.postern.client;

import io.postern.crypto.CryptoProvider;
import io.postern.testing.ReplayGuardContract;

class InMemoryReplayGuardTest extends ReplayGuardContract {
  private final ReplayGuard guard = new InMemoryReplayGuard(CryptoProvider.best(), 100_000);

  @Override
  protected ReplayGuard guard() {
    return guard;
  }
}
