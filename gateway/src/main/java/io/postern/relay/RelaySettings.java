package io.postern.relay;

import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;

/**
 * How the relay calls targets.
 *
 * @param maxRequests the most calls in progress, in the whole gateway
 * @param maxConnections the most connections to one target, of each event loop
 * @param addresses which addresses may be connected to
 * @param allowHttp whether targets may be called without TLS
 * @param authorities who vouches for targets besides the JDK's roots
 */
public record RelaySettings(
    Deadlines deadlines,
    int maxRequests,
    int maxConnections,
    AddressPolicy addresses,
    boolean allowHttp,
    List<X509Certificate> authorities) {

  /** The defaults. */
  public static final RelaySettings DEFAULT =
      new RelaySettings(
          new Deadlines(Duration.ofSeconds(5), Duration.ofSeconds(60), Duration.ofSeconds(60)),
          10_000,
          256,
          AddressPolicy.allowing(List.of()),
          false,
          List.of());

  public RelaySettings {
    authorities = List.copyOf(authorities);
  }

  /**
   * How long a call waits.
   *
   * @param connect for a connection
   * @param firstByte for the head of the answer, from the end of the request
   * @param idle for the next bytes of a request or an answer, or until they can be handed on
   */
  public record Deadlines(Duration connect, Duration firstByte, Duration idle) {
    /** How long a call may be without a byte to its agent. */
    public Duration longestSilence() {
      Duration head = connect.plus(firstByte);
      return head.compareTo(idle) > 0 ? head : idle;
    }
  }
}
