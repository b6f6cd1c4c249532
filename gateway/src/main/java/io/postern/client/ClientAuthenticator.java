package io.postern.client;

import io.postern.oauth.ClientCredentials;
import io.postern.oauth.Refusal;
import java.time.Instant;
import java.util.function.Consumer;

/** Finds out who asks, by whichever method the request uses. Confined to one thread. */
public final class ClientAuthenticator {
  private final SecretVerifier secrets;
  private final AssertionVerifier assertions;
  private final ReplayGuard replayGuard;
  private final AttemptLimiter limiter;
  private final CredentialUses uses;

  public ClientAuthenticator(
      SecretVerifier secrets,
      AssertionVerifier assertions,
      ReplayGuard replayGuard,
      AttemptLimiter limiter,
      CredentialUses uses) {
    this.secrets = secrets;
    this.assertions = assertions;
    this.replayGuard = replayGuard;
    this.limiter = limiter;
    this.uses = uses;
  }

  /**
   * Authenticates the client of a request.
   *
   * @param source where the request comes from, for the limit on guessing
   * @param answer is given the result once, at once or when the replay guard has answered
   */
  public void authenticate(
      ClientCredentials credentials,
      ClientDirectory clients,
      String source,
      Instant now,
      Consumer<ClientAuthentication> answer) {
    switch (credentials) {
      case ClientCredentials.Secret secret ->
          answer.accept(authenticate(secret, clients, source, now));
      case ClientCredentials.Assertion assertion -> authenticate(assertion, clients, now, answer);
    }
  }

  private ClientAuthentication authenticate(
      ClientCredentials.Secret presented, ClientDirectory clients, String source, Instant now) {
    int retryAfterSeconds = limiter.retryAfterSeconds(presented.clientId(), source, now);
    if (retryAfterSeconds > 0) {
      return new ClientAuthentication.Rejected(
          Refusal.TOO_MANY_FAILURES, retryAfterSeconds, presented.clientId());
    }
    RegisteredClient client = clients.findClient(presented.clientId());
    ClientSecret secret = secrets.verify(client, presented.secret(), now);
    if (client != null && secret != null && client.active()) {
      uses.note(new CredentialUses.Credential.Secret(client.clientId(), secret), now);
      return new ClientAuthentication.Authenticated(client, presented.method());
    }
    limiter.recordFailure(presented.clientId(), source, now);
    return new ClientAuthentication.Rejected(
        client == null
            ? Refusal.UNKNOWN_CLIENT
            : secret == null ? Refusal.WRONG_SECRET : Refusal.DISABLED_CLIENT,
        0,
        presented.clientId());
  }

  private void authenticate(
      ClientCredentials.Assertion presented,
      ClientDirectory clients,
      Instant now,
      Consumer<ClientAuthentication> answer) {
    switch (assertions.verify(presented, clients, now)) {
      case AssertionVerifier.Verification.Failed failed ->
          answer.accept(
              new ClientAuthentication.Rejected(failed.refusal(), 0, failed.claimedClientId()));
      case AssertionVerifier.Verification.Verified verified ->
          // RFC 7523 §3: used up only now that it is known to be the client's own
          replayGuard.use(
              verified.use(),
              now,
              verdict ->
                  answer.accept(
                      switch (verdict) {
                        case FIRST_USE -> {
                          uses.note(
                              new CredentialUses.Credential.Key(
                                  verified.client().clientId(), verified.kid()),
                              now);
                          yield new ClientAuthentication.Authenticated(
                              verified.client(), presented.method());
                        }
                        case REPLAYED ->
                            new ClientAuthentication.Rejected(
                                Refusal.ASSERTION_REPLAYED, 0, verified.client().clientId());
                        case UNAVAILABLE ->
                            new ClientAuthentication.Rejected(
                                Refusal.REPLAY_GUARD_UNAVAILABLE, 1, verified.client().clientId());
                      }));
    }
  }
}
