package io.postern.client;

import io.postern.vault.CredentialLink;
import io.postern.vault.HostedCredential;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;

/**
 * Counts obtains and relays where a link or a hosted credential has a limit, in this gateway; a
 * minute's requests may come at once, the rest as time goes by. Thread-safe.
 */
public final class CredentialRateLimiter {
  private static final Duration MINUTE = Duration.ofMinutes(1);

  private record Link(String clientId, String credentialId) {}

  private final LeakyBuckets<Link> links = new LeakyBuckets<>(MINUTE);
  private final LeakyBuckets<String> credentials = new LeakyBuckets<>(MINUTE);

  /**
   * Counts a request by a link.
   *
   * @return 0 if it may go on; otherwise in how many seconds it may
   */
  public int tryTake(String clientId, CredentialLink link, Instant now) {
    int perMinute = link.requestsPerMinute();
    return perMinute == CredentialLink.NO_LIMIT
        ? 0
        : links.tryAdd(
            new Link(clientId, link.credentialId()), perMinute, leakNanos(perMinute), now);
  }

  /** The same for a credential, whoever asks. */
  public int tryTake(HostedCredential credential, Instant now) {
    int perMinute = credential.requestsPerMinute();
    return perMinute == CredentialLink.NO_LIMIT
        ? 0
        : credentials.tryAdd(credential.id(), perMinute, leakNanos(perMinute), now);
  }

  /** What {@link #tryTake(String, CredentialLink, Instant)} would answer; counts nothing. */
  public int waitSeconds(String clientId, CredentialLink link, Instant now) {
    int perMinute = link.requestsPerMinute();
    return perMinute == CredentialLink.NO_LIMIT
        ? 0
        : links.waitSeconds(
            new Link(clientId, link.credentialId()), perMinute, leakNanos(perMinute), now);
  }

  /** What {@link #tryTake(HostedCredential, Instant)} would answer; counts nothing. */
  public int waitSeconds(HostedCredential credential, Instant now) {
    int perMinute = credential.requestsPerMinute();
    return perMinute == CredentialLink.NO_LIMIT
        ? 0
        : credentials.waitSeconds(credential.id(), perMinute, leakNanos(perMinute), now);
  }

  private static long leakNanos(int perMinute) {
    return TimeUnit.MINUTES.toNanos(1) / perMinute;
  }
}
