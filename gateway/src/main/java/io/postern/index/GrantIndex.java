package io.postern.index;

import java.time.Duration;
import java.time.Instant;

/**
 * The one place where the present image is published. Read by every event loop, written by the sync
 * alone.
 */
public final class GrantIndex {
  private volatile IndexImage image = IndexImage.EMPTY;
  private volatile Instant confirmedAt = Instant.MIN;

  /** The present image; a request reads it once. */
  public IndexImage image() {
    return image;
  }

  /** Publishes a new image, true to the database at that instant. */
  public void publish(IndexImage next, Instant now) {
    image = next;
    confirmedAt = now;
  }

  /** Notes that the database had nothing newer at that instant. */
  public void confirm(Instant now) {
    confirmedAt = now;
  }

  /** Whether a first image has been published. */
  public boolean isLoaded() {
    return !confirmedAt.equals(Instant.MIN);
  }

  /** How long ago the image was known to be the database's state; 0 or more. */
  public Duration staleness(Instant now) {
    Instant confirmed = confirmedAt;
    if (confirmed.equals(Instant.MIN)) {
      return Duration.ofSeconds(Long.MAX_VALUE);
    }
    Duration age = Duration.between(confirmed, now);
    return age.isNegative() ? Duration.ZERO : age;
  }
}
