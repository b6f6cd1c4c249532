package io.postern.store.feed;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What was made for the last keys: a cache of fixed size that may forget, but then only makes an
 * equal value anew. Not thread-safe.
 *
 * <p>In sets of four places, chosen by the key's hash. It is asked once for every row of a
 * snapshot, for which a cache that keeps the best ones is too slow.
 */
final class RecentValues<K, V> {
  private static final int WAYS = 4;

  private final Function<K, V> make;
  private final @Nullable Object[] keys;
  private final @Nullable Object[] values;
  private int replaced;

  /**
   * @param places how many values are kept, a power of 2, 4 or more
   * @param make makes the value of a key
   */
  RecentValues(int places, Function<K, V> make) {
    this.make = make;
    this.keys = new Object[places];
    this.values = new Object[places];
  }

  /** The value of a key: the same object as before, unless it was forgotten. */
  @SuppressWarnings("unchecked") // beside each key stands what was made of it
  V get(K key) {
    int hash = key.hashCode() * 0x9E3779B9;
    int first = (hash >>> 12) & (keys.length - 1) & -WAYS;
    for (int place = first; place < first + WAYS; place++) {
      Object value = values[place];
      if (value == null) {
        return put(place, key);
      }
      if (key.equals(keys[place])) {
        return (V) value;
      }
    }
    return put(first + (replaced++ & (WAYS - 1)), key);
  }

  private V put(int place, K key) {
    V value = make.apply(key);
    keys[place] = key;
    values[place] = value;
    return value;
  }
}
