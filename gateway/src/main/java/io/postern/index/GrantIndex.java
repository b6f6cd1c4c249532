package io.postern.index;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * The one place where the present image is published. Read by every event loop, written by the sync
 * alone.
 */
public final class GrantIndex {
  /** The staleness of an image that never was confirmed: longer than any other. */
  public static final Duration NEVER_CONFIRMED = Duration.ofMillis(Long.MAX_VALUE);

  private final Duration maxStaleness;
  private final List<Consumer<IndexImage>> followers = new ArrayList<>();
  private volatile IndexImage image = IndexImage.EMPTY;
  // as System.nanoTime; not the wall clock, which may be set back while the database is away
  private volatile long confirmedAtNanos;
  private volatile boolean confirmed;
  private volatile boolean loaded;

  /**
   * @param maxStaleness how old an image may be that is still answered by
   */
  public GrantIndex(Duration maxStaleness) {
    this.maxStaleness = maxStaleness;
  }

  /** The present image; a request reads it once. */
  public IndexImage image() {
    return image;
  }

  /** Publishes a new image. */
  public synchronized void publish(IndexImage next) {
    image = next;
    loaded = true;
    followers.forEach(follower -> follower.accept(next));
  }

  /**
   * Hands over the present image, and each that is published from now on, in order.
   *
   * @param follower is quick, and throws nothing: whoever publishes waits for it
   */
  public synchronized void follow(Consumer<IndexImage> follower) {
    followers.add(follower);
    follower.accept(image);
  }

  /**
   * Notes that the image was the database's state at that {@link System#nanoTime}, and that the
   * database knew then that this gateway goes by it.
   */
  public void confirm(long nanoTime) {
    confirmedAtNanos = nanoTime;
    confirmed = true;
  }

  /** Whether a first image has been published. */
  public boolean isLoaded() {
    return loaded;
  }

  /** How old an image may be that is still answered by. */
  public Duration maxStaleness() {
    return maxStaleness;
  }

  /** Whether the image is too old, at that {@link System#nanoTime}, to be answered by. */
  public boolean isStale(long nanoTime) {
    return staleness(nanoTime).compareTo(maxStaleness) > 0;
  }

  /**
   * How long ago, at that {@link System#nanoTime}, the image was last confirmed; 0 or more, or
   * {@link #NEVER_CONFIRMED}.
   */
  public Duration staleness(long nanoTime) {
    return confirmed ? Duration.ofNanos(Math.max(0, nanoTime - confirmedAtNanos)) : NEVER_CONFIRMED;
  }
}
