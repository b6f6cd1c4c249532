package io.postern.client;

/**
 * A set of 128-bit digests that only grows: a table of numbers with open addressing, which costs
 * the garbage collector nothing to walk. Not thread-safe.
 */
final class DigestSet {
  private static final int FIRST_SLOTS = 16;

  // two numbers a slot; 0, 0 is a free one
  private long[] table = new long[2 * FIRST_SLOTS];
  private int size;

  /** The number of digests. */
  int size() {
    return size;
  }

  /** Whether the digest is in the set. */
  boolean contains(long high, long low) {
    int i = slotOf(table, high, low);
    return (table[i] | table[i + 1]) != 0;
  }

  /**
   * Adds a digest that is not in the set.
   *
   * @param low not 0 when {@code high} is
   */
  void add(long high, long low) {
    // three quarters full at most
    if (4 * (size + 1) > 3 * (table.length / 2)) {
      grow();
    }
    put(table, high, low);
    size++;
  }

  private void grow() {
    long[] larger = new long[2 * table.length];
    for (int i = 0; i < table.length; i += 2) {
      if ((table[i] | table[i + 1]) != 0) {
        put(larger, table[i], table[i + 1]);
      }
    }
    table = larger;
  }

  private static void put(long[] table, long high, long low) {
    int i = slotOf(table, high, low);
    table[i] = high;
    table[i + 1] = low;
  }

  /** Where the digest is, or the free slot where it would be; the lengths are powers of two. */
  private static int slotOf(long[] table, long high, long low) {
    int last = table.length - 1;
    int i = (int) (high << 1) & last;
    while ((table[i] | table[i + 1]) != 0 && (table[i] != high || table[i + 1] != low)) {
      i = (i + 2) & last;
    }
    return i;
  }
}
