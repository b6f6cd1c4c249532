package io.postern.relay;

import com.github.benmanes.caffeine.cache.AsyncCache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/**
 * Resolves the names of targets, and checks what they resolve to. An answer is kept for {@link
 * #KEPT}; a name is asked for once at a time. Thread-safe.
 */
final class TargetAddresses {
  private static final Duration KEPT = Duration.ofSeconds(30);
  private static final int MOST_NAMES = 10_000;

  /** What came of a name. */
  sealed interface Resolution {

    /**
     * Each may be connected to.
     *
     * @param addresses one or more, the best first
     */
    record Resolved(List<InetAddress> addresses) implements Resolution {
      public Resolved {
        addresses = List.copyOf(addresses);
      }
    }

    /** One that it resolves to is forbidden, and with it the name. */
    record Forbidden() implements Resolution {}
  }

  /** Asks for the addresses of a name. */
  @FunctionalInterface
  interface NameService {
    InetAddress[] lookUp(String name) throws UnknownHostException;
  }

  private final AddressPolicy policy;
  private final NameService names;
  private final AsyncCache<String, Resolution> kept;

  /**
   * @param names may block
   */
  TargetAddresses(AddressPolicy policy, NameService names) {
    this.policy = policy;
    this.names = names;
    Executor threads = task -> Thread.ofVirtual().name("relay-names").start(task);
    this.kept =
        Caffeine.newBuilder()
            .maximumSize(MOST_NAMES)
            .expireAfterWrite(KEPT)
            .executor(threads)
            .buildAsync();
  }

  /**
   * Resolves a name or an address.
   *
   * @return completed at once when the answer is kept; fails when there is no such name, which is
   *     not kept
   */
  CompletableFuture<Resolution> resolve(String host) {
    return kept.get(host, this::resolveAnew);
  }

  private Resolution resolveAnew(String host) {
    List<InetAddress> addresses;
    try {
      addresses = List.of(names.lookUp(host));
    } catch (UnknownHostException e) {
      throw new UnresolvedException(e);
    }
    // all of them: which one is taken must not decide whether it may be called
    return addresses.stream().allMatch(policy::allows)
        ? new Resolution.Resolved(addresses)
        : new Resolution.Forbidden();
  }

  private static final class UnresolvedException extends RuntimeException {
    private static final long serialVersionUID = 1;

    UnresolvedException(UnknownHostException cause) {
      super(cause);
    }
  }
}
