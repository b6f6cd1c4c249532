package io.postern.revocation;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Of this client, resource, token, person or session, nothing that was issued up to a second
 * counts.
 *
 * @param id what the kind says
 * @param resource an audience, when the line is of the tokens for it alone; else null
 * @param second the last second, since the epoch, of which nothing counts, that of the line itself
 *     included: {@code iat} says no more than the second; {@link #ALWAYS} while nothing counts
 */
public record NotBeforeLine(LineKind kind, String id, @Nullable String resource, long second) {
  /** The second of a line without an end: 9999-12-31T23:59:59Z. */
  public static final long ALWAYS = 253_402_300_799L;

  /** Before every line. */
  public static final long NEVER = Long.MIN_VALUE;

  /** What the line is of, as one text: no two lines have the same. */
  public String line() {
    return kind.label() + ' ' + id + (resource == null ? "" : ' ' + resource);
  }

  /** The second of an instant; null for one without an end. */
  public static long secondOf(@Nullable Instant notBefore) {
    return notBefore == null ? ALWAYS : Math.min(ALWAYS, notBefore.getEpochSecond());
  }
}
