package io.postern.change;

import java.util.UUID;

/**
 * A point in the registry's history. Each transaction that changes the registry has its own, one
 * higher than the one that committed before it.
 *
 * @param number 0 or more
 * @param mark drawn at random by the transaction: a database that lost its last commits gives their
 *     numbers out again, but with other marks
 */
public record Revision(long number, UUID mark) {
  private static final UUID UNMARKED = new UUID(0, 0);

  /** Before the first change. */
  public static final Revision NONE = new Revision(0);

  /** One of which the number alone is known. */
  public Revision(long number) {
    this(number, UNMARKED);
  }

  /** Whether everything of the other revision is in this one, if both are of one history. */
  public boolean includes(Revision other) {
    return number >= other.number;
  }
}
