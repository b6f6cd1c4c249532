package io.postern.verifier;

import java.time.Duration;

/**
 * Is told what whoever runs the service may want to know. Called on the verifier's own threads, so
 * it must not block. What it throws is logged.
 */
public interface VerifierListener {
  /**
   * The not-before lines are followed, for the first time or again.
   *
   * @param lines how many there are
   */
  default void linesFollowed(int lines) {}

  /**
   * They cannot be followed for longer than {@code maxSilence}: from now on tokens are refused, or
   * count without them.
   */
  default void linesLost(Duration maxSilence) {}

  /**
   * The JWK Set was read.
   *
   * @param keys how many of it can verify tokens
   */
  default void keysRead(int keys) {}
}
