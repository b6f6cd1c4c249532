package io.postern.verifier;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How a verifier stands, for health checks.
 *
 * @param keys how many keys can verify tokens; 0 before the first were read, or when they are too
 *     old
 * @param keysAge since the JWK Set was read; null before
 * @param lines how many not-before lines are known
 * @param silence since the issuer was heard about the lines; null before, and when they are not
 *     followed at all
 * @param followed whether the lines are known well enough; true when they are not followed at all
 */
public record VerifierState(
    int keys, @Nullable Duration keysAge, int lines, @Nullable Duration silence, boolean followed) {
  /** Whether tokens are verified by all that they should be verified by. */
  public boolean isHealthy() {
    return keys > 0 && followed;
  }
}
