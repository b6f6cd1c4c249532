package io.postern.bench;

import java.time.Instant;
import java.util.UUID;

/**
 * Assertions that one thread presents, none twice while it is remembered, as time passes. Confined
 * to one thread.
 */
final class SampleUses {
  /** How long an assertion is remembered. */
  static final int LIFE_SECONDS = 300;

  private static final Instant EPOCH = Instant.ofEpochSecond(1_700_000_000);
  private static final int NAMES_BITS = 12;
  private static final int NAMES = 1 << NAMES_BITS;

  private final String[] clientIds = new String[NAMES];
  private final String[] jtis = new String[NAMES];
  private final double secondsPerUse;
  private long use;
  private Instant now = EPOCH;
  private Instant end = EPOCH.plusSeconds(LIFE_SECONDS);

  /**
   * @param thread which thread it is, from 0; each has its own clients
   * @param remembered how many uses the life of an assertion has
   */
  SampleUses(int thread, int remembered) {
    this.secondsPerUse = (double) LIFE_SECONDS / remembered;
    for (int i = 0; i < NAMES; i++) {
      clientIds[i] = SampleRegistry.clientId(thread * NAMES + i);
      jtis[i] = new UUID(i * 0x9E3779B97F4A7C15L, i * 0xC2B2AE3D27D4EB4FL).toString();
    }
  }

  /** Goes on to the next use, in time too. */
  void advance() {
    use++;
    long seconds = (long) (use * secondsPerUse);
    if (seconds != now.getEpochSecond() - EPOCH.getEpochSecond()) {
      now = EPOCH.plusSeconds(seconds);
      end = now.plusSeconds(LIFE_SECONDS);
    }
  }

  /** The client of the use that many before the present one. */
  String clientId(int before) {
    return clientIds[(int) (use - before) & (NAMES - 1)];
  }

  /** The {@code jti} of the use that many before the present one. */
  String jti(int before) {
    return jtis[(int) ((use - before) >> NAMES_BITS) & (NAMES - 1)];
  }

  Instant now() {
    return now;
  }

  /** When the present use is over. */
  Instant end() {
    return end;
  }
}
