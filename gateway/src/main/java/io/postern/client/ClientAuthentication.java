package io.postern.client;

import io.postern.oauth.AuthenticationMethod;
import io.postern.oauth.Refusal;

/** The result of a client's authentication. */
public sealed interface ClientAuthentication {

  /** The client is who it says. */
  record Authenticated(RegisteredClient client, AuthenticationMethod method)
      implements ClientAuthentication {}

  /**
   * The client is not believed, or not listened to now.
   *
   * @param retryAfterSeconds when to come again, 1 or more; 0 where time does not help
   */
  record Rejected(Refusal refusal, int retryAfterSeconds) implements ClientAuthentication {
    Rejected(Refusal refusal) {
      this(refusal, 0);
    }
  }
}
