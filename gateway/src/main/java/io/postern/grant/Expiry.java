package io.postern.grant;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * When something is over, as a number: microseconds since the epoch, as fine as PostgreSQL's time,
 * of the first instant at which it is no longer good.
 */
public final class Expiry {
  /** The expiry of what never expires. */
  public static final long NEVER = Long.MAX_VALUE;

  private static final long MICROS_PER_SECOND = 1_000_000;
  private static final long LAST_SECOND = Long.MAX_VALUE / MICROS_PER_SECOND - 1;

  private Expiry() {}

  /**
   * The expiry at an instant.
   *
   * @param at null for never
   */
  public static long micros(@Nullable Instant at) {
    return at == null || at.getEpochSecond() > LAST_SECOND ? NEVER : floor(at);
  }

  /** Whether the instant is before the expiry. */
  public static boolean isAhead(long expiryMicros, Instant now) {
    return expiryMicros == NEVER || floor(now) < expiryMicros;
  }

  private static long floor(Instant instant) {
    return instant.getEpochSecond() * MICROS_PER_SECOND + instant.getNano() / 1_000;
  }
}
