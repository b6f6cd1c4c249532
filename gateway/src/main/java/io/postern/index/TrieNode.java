package io.postern.index;

import java.util.Arrays;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A node of a {@link HashTrie}: in {@code values} a bit for each hash fragment that has a value
 * here, in {@code children} one for each that has a child node, in {@code slots} the values, in the
 * order of their bits, then the children, in the opposite order. Below the last bits of the hash,
 * the slots are values with colliding keys.
 *
 * <p>Changed in place by its owner, as long as nobody else can see it; copied otherwise.
 */
final class TrieNode<V> {
  private static final int BITS = 5;
  private static final int MASK = (1 << BITS) - 1;
  private static final int HASH_BITS = 32;
  private static final TrieNode<?> EMPTY = new TrieNode<>(new Owner(), 0, 0, new Object[0]);

  /** Who may change a node in place; nodes that are in a built set have none any more. */
  static final class Owner {}

  private final Owner owner;
  private int values;
  private int children;
  private Object[] slots;

  private TrieNode(Owner owner, int values, int children, Object[] slots) {
    this.owner = owner;
    this.values = values;
    this.children = children;
    this.slots = slots;
  }

  @SuppressWarnings("unchecked") // it holds nothing, and nobody owns it
  static <V> TrieNode<V> empty() {
    return (TrieNode<V>) EMPTY;
  }

  // String's own hash leaves much to its low bits, and the root is chosen by those.
  static int hash(String key) {
    int h = key.hashCode() * 0x9E3779B9;
    return h ^ (h >>> 15);
  }

  @Nullable V find(Function<V, String> keyOf, String key, int hash, int shift) {
    if (shift >= HASH_BITS) {
      int i = indexOfCollision(keyOf, key);
      return i < 0 ? null : value(i);
    }
    int bit = bit(hash, shift);
    if ((values & bit) != 0) {
      V value = value(valueIndex(bit));
      return keyOf.apply(value).equals(key) ? value : null;
    }
    return (children & bit) == 0
        ? null
        : child(childIndex(bit)).find(keyOf, key, hash, shift + BITS);
  }

  TrieNode<V> put(Owner by, Function<V, String> keyOf, String key, V value, int hash, int shift) {
    if (shift >= HASH_BITS) {
      int i = indexOfCollision(keyOf, key);
      return i < 0 ? changed(by, 0, 0, inserted(slots.length, value)) : replaced(by, i, value);
    }
    int bit = bit(hash, shift);
    int i = valueIndex(bit);
    if ((values & bit) != 0) {
      V other = value(i);
      String otherKey = keyOf.apply(other);
      if (otherKey.equals(key)) {
        return replaced(by, i, value);
      }
      TrieNode<V> child =
          TrieNode.<V>empty()
              .put(by, keyOf, otherKey, other, hash(otherKey), shift + BITS)
              .put(by, keyOf, key, value, hash, shift + BITS);
      return changed(by, values ^ bit, children | bit, childForValue(bit, i, child));
    }
    if ((children & bit) != 0) {
      int c = childIndex(bit);
      return replaced(by, c, child(c).put(by, keyOf, key, value, hash, shift + BITS));
    }
    return changed(by, values | bit, children, inserted(i, value));
  }

  /** With what is made of the key's value; the same, when there is no such key. */
  TrieNode<V> replace(
      Owner by,
      Function<V, String> keyOf,
      String key,
      UnaryOperator<V> change,
      int hash,
      int shift) {
    boolean isCollision = shift >= HASH_BITS;
    int bit = bit(hash, shift);
    if (!isCollision && (children & bit) != 0) {
      int c = childIndex(bit);
      TrieNode<V> child = child(c);
      TrieNode<V> next = child.replace(by, keyOf, key, change, hash, shift + BITS);
      return next == child ? this : replaced(by, c, next);
    }
    if (!isCollision && (values & bit) == 0) {
      return this;
    }
    int i = isCollision ? indexOfCollision(keyOf, key) : valueIndex(bit);
    return i < 0 || !keyOf.apply(value(i)).equals(key)
        ? this
        : replaced(by, i, change.apply(value(i)));
  }

  /** The key is known to be here. */
  TrieNode<V> without(Owner by, Function<V, String> keyOf, String key, int hash, int shift) {
    if (shift >= HASH_BITS) {
      return changed(by, 0, 0, removed(indexOfCollision(keyOf, key)));
    }
    int bit = bit(hash, shift);
    if ((values & bit) != 0) {
      return changed(by, values ^ bit, children, removed(valueIndex(bit)));
    }
    int c = childIndex(bit);
    TrieNode<V> child = child(c).without(by, keyOf, key, hash, shift + BITS);
    // a child with one value left moves up, so that equal sets have equal shapes
    return child.children == 0 && child.slots.length == 1
        ? changed(by, values | bit, children ^ bit, valueForChild(bit, c, child.slots[0]))
        : replaced(by, c, child);
  }

  void forEach(Consumer<? super V> visitor) {
    int firstChild = slots.length - Integer.bitCount(children);
    for (int i = 0; i < slots.length; i++) {
      if (i < firstChild) {
        visitor.accept(value(i));
      } else {
        child(i).forEach(visitor);
      }
    }
  }

  private TrieNode<V> replaced(Owner by, int i, Object slot) {
    if (owner == by) {
      slots[i] = slot;
      return this;
    }
    Object[] copy = slots.clone();
    copy[i] = slot;
    return new TrieNode<>(by, values, children, copy);
  }

  private TrieNode<V> changed(Owner by, int newValues, int newChildren, Object[] newSlots) {
    if (owner != by) {
      return new TrieNode<>(by, newValues, newChildren, newSlots);
    }
    values = newValues;
    children = newChildren;
    slots = newSlots;
    return this;
  }

  private Object[] inserted(int i, Object slot) {
    Object[] copy = Arrays.copyOf(slots, slots.length + 1);
    System.arraycopy(slots, i, copy, i + 1, slots.length - i);
    copy[i] = slot;
    return copy;
  }

  private Object[] removed(int i) {
    Object[] copy = Arrays.copyOf(slots, slots.length - 1);
    System.arraycopy(slots, i + 1, copy, i, copy.length - i);
    return copy;
  }

  /** The slots with a child at the bit that had the value at {@code from}. */
  private Object[] childForValue(int bit, int from, Object child) {
    // where it goes in an array of the same length, as one value is gone
    int to = slots.length - 1 - Integer.bitCount(children & -bit);
    Object[] copy = slots.clone();
    System.arraycopy(slots, from + 1, copy, from, to - from);
    copy[to] = child;
    return copy;
  }

  /** The slots with a value at the bit that had the child at {@code from}. */
  private Object[] valueForChild(int bit, int from, Object value) {
    int to = valueIndex(bit);
    Object[] copy = slots.clone();
    System.arraycopy(slots, to, copy, to + 1, from - to);
    copy[to] = value;
    return copy;
  }

  private int valueIndex(int bit) {
    return Integer.bitCount(values & (bit - 1));
  }

  private int childIndex(int bit) {
    return slots.length - Integer.bitCount(children & -bit);
  }

  private int indexOfCollision(Function<V, String> keyOf, String key) {
    for (int i = 0; i < slots.length; i++) {
      if (keyOf.apply(value(i)).equals(key)) {
        return i;
      }
    }
    return -1;
  }

  @SuppressWarnings("unchecked") // only values of V are in front
  private V value(int i) {
    return (V) slots[i];
  }

  @SuppressWarnings("unchecked") // only nodes are behind
  private TrieNode<V> child(int i) {
    return (TrieNode<V>) slots[i];
  }

  private static int bit(int hash, int shift) {
    return 1 << ((hash >>> shift) & MASK);
  }
}
