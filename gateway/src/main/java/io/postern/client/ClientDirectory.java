package io.postern.client;

import org.jspecify.annotations.Nullable;

/** Where clients are looked up while a request is answered. */
@FunctionalInterface
public interface ClientDirectory {
  /** The client of that id, active or not; null when there is none. */
  @Nullable RegisteredClient findClient(String clientId);
}
