package io.postern.verifier;

import java.time.Duration;

/**
 * How patient a verifier is.
 *
 * @param patience how long a stream may say nothing before it is left
 * @param answerPatience how long an answer may take, or the head of one that is a stream
 * @param pollWait how long the issuer holds a poll
 * @param pollGap from the beginning of a poll to that of the next, at least
 * @param firstDelay about how long after a failure the next attempt is made
 * @param lastDelay how long at most, after many
 * @param unknownKeyGap between two readings of the JWK Set for keys that are not in it
 */
record Pace(
    Duration patience,
    Duration answerPatience,
    Duration pollWait,
    Duration pollGap,
    Duration firstDelay,
    Duration lastDelay,
    Duration unknownKeyGap) {
  // The issuer sends something every 5 s.
  private static final Duration LONGEST_PATIENCE = Duration.ofSeconds(30);

  /** One that leaves time for a second attempt before the silence is too long. */
  static Pace within(Duration maxSilence) {
    Duration half = maxSilence.dividedBy(2);
    return new Pace(
        shorter(half, LONGEST_PATIENCE),
        shorter(half, Duration.ofSeconds(10)),
        shorter(maxSilence.dividedBy(4), LONGEST_PATIENCE),
        Duration.ofSeconds(1),
        Duration.ofMillis(250),
        Duration.ofSeconds(10),
        Duration.ofSeconds(10));
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }
}
