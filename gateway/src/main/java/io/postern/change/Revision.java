package io.postern.change;

/**
 * A point in the registry's history. Each transaction that changes the registry has its own, one
 * higher than the one that committed before it.
 *
 * @param number 0 or more
 */
public record Revision(long number) {
  /** Before the first change. */
  public static final Revision NONE = new Revision(0);

  /** Whether everything of the other revision is in this one. */
  public boolean includes(Revision other) {
    return number >= other.number;
  }
}
