package io.postern.http;

import io.postern.vault.HostedCredential;
import io.vertx.core.Future;
import java.time.Instant;

/** Where the values of hosted credentials come from. Thread-safe. */
@FunctionalInterface
public interface HandedValues {
  /**
   * The present value. That of an API key is there at once; an OAuth client may have to ask its
   * provider for a token. Called on an event loop, on which the future is completed.
   */
  Future<HandedValue> get(HostedCredential credential, Instant now);
}
