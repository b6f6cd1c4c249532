package io.postern.client;

import io.postern.oauth.AuthenticationMethod;
import io.postern.oauth.Refusal;
import org.jspecify.annotations.Nullable;

/** The result of a client's authentication. */
public sealed interface ClientAuthentication {

  /** The client is who it says. */
  record Authenticated(RegisteredClient client, AuthenticationMethod method)
      implements ClientAuthentication {}

  /**
   * The client is not believed, or not listened to now.
   *
   * @param retryAfterSeconds when to come again, 1 or more; 0 where time does not help
   * @param claimedClientId who the request says it is, a stranger's text; null if it says nothing
   *     that could be read
   */
  record Rejected(Refusal refusal, int retryAfterSeconds, @Nullable String claimedClientId)
      implements ClientAuthentication {}
}
