package io.postern.index;

import java.time.Duration;

/**
 * The one place where the present image is published. Read by every event loop, written by the sync
 * alone.
 */
public final class GrantIndex {
  private volatile IndexImage image = IndexImage.EMPTY;
  // as System.nanoTime; not the wall clock, which may be set back while the database is away
  private volatile long confirmedAtNanos;
  private volatile boolean loaded;

  /** The present image; a request reads it once. */
  public IndexImage image() {
    return image;
  }

  /** Publishes a new image, true to the database at that {@link System#nanoTime}. */
  public void publish(IndexImage next, long nanoTime) {
    image = next;
    confirmedAtNanos = nanoTime;
    loaded = true;
  }

  /** Notes that the database had nothing newer at that {@link System#nanoTime}. */
  public void confirm(long nanoTime) {
    confirmedAtNanos = nanoTime;
  }

  /** Whether a first image has been published. */
  public boolean isLoaded() {
    return loaded;
  }

  /**
   * How long ago, at that {@link System#nanoTime}, the image was known to be the database's state;
   * 0 or more.
   */
  public Duration staleness(long nanoTime) {
    return loaded
        ? Duration.ofNanos(Math.max(0, nanoTime - confirmedAtNanos))
        : Duration.ofSeconds(Long.MAX_VALUE);
  }
}
