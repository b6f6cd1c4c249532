package io.postern.index;

import java.util.Arrays;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * An immutable map from strings. A changed map shares all but the path to the change with the one
 * before it, so a change costs a handful of small arrays, whatever the size.
 *
 * <p>A hash array mapped trie in the compressed form (CHAMP; Steindorfer and Vinju, 2015): a node
 * holds up to 32 slots, entries in front, child nodes behind, and two bitmaps that say which.
 */
public final class HashTrie<V> {
  private static final int BITS = 5;
  private static final int MASK = (1 << BITS) - 1;
  private static final int HASH_BITS = 32;
  private static final Node EMPTY_NODE = new Node(0, 0, new Object[0]);

  private final Node root;
  private final int size;

  private HashTrie(Node root, int size) {
    this.root = root;
    this.size = size;
  }

  /** The map without entries. */
  public static <V> HashTrie<V> empty() {
    return new HashTrie<>(EMPTY_NODE, 0);
  }

  /** The number of entries. */
  public int size() {
    return size;
  }

  /** The value of a key, or null. */
  @SuppressWarnings("unchecked") // only values of V are ever put in
  public @Nullable V find(String key) {
    return (V) root.find(key, hash(key), 0);
  }

  /** This map with the key's value set. */
  public HashTrie<V> with(String key, V value) {
    int hash = hash(key);
    boolean isNew = root.find(key, hash, 0) == null;
    return new HashTrie<>(root.with(key, value, hash, 0), isNew ? size + 1 : size);
  }

  /** This map without the key. */
  public HashTrie<V> without(String key) {
    int hash = hash(key);
    return root.find(key, hash, 0) == null
        ? this
        : new HashTrie<>(root.without(key, hash, 0), size - 1);
  }

  /** Visits every value, in no order. */
  @SuppressWarnings("unchecked") // only values of V are ever put in
  public void forEach(Consumer<? super V> visitor) {
    root.forEach(value -> visitor.accept((V) value));
  }

  // String's own hash leaves much to its low bits, and the root is chosen by those.
  private static int hash(String key) {
    int h = key.hashCode() * 0x9E3779B9;
    return h ^ (h >>> 15);
  }

  /**
   * A node: in {@code entries} a bit for each hash fragment that has an entry here, in {@code
   * children} one for each that has a child node, in {@code slots} key, value, key, value, …, then
   * the children. Below the last bits of the hash, the slots are plain pairs of colliding keys.
   */
  private static final class Node {
    private final int entries;
    private final int children;
    private final @Nullable Object[] slots;

    Node(int entries, int children, @Nullable Object[] slots) {
      this.entries = entries;
      this.children = children;
      this.slots = slots;
    }

    @Nullable Object find(String key, int hash, int shift) {
      if (shift >= HASH_BITS) {
        int i = indexOfCollision(key);
        return i < 0 ? null : slots[i + 1];
      }
      int bit = bit(hash, shift);
      if ((entries & bit) != 0) {
        int i = entryIndex(bit);
        return key.equals(slots[i]) ? slots[i + 1] : null;
      }
      return (children & bit) == 0 ? null : child(bit).find(key, hash, shift + BITS);
    }

    Node with(String key, Object value, int hash, int shift) {
      if (shift >= HASH_BITS) {
        int i = indexOfCollision(key);
        return i < 0
            ? new Node(0, 0, inserted(slots, slots.length, key, value))
            : new Node(0, 0, replaced(slots, i + 1, value));
      }
      int bit = bit(hash, shift);
      if ((entries & bit) != 0) {
        int i = entryIndex(bit);
        if (key.equals(slots[i])) {
          return new Node(entries, children, replaced(slots, i + 1, value));
        }
        Node child =
            EMPTY_NODE
                .with(keyAt(i), valueAt(i), hash(keyAt(i)), shift + BITS)
                .with(key, value, hash, shift + BITS);
        return withChildForEntry(bit, i, child);
      }
      if ((children & bit) != 0) {
        Node child = child(bit).with(key, value, hash, shift + BITS);
        return new Node(entries, children, replaced(slots, childIndex(bit), child));
      }
      int i = 2 * Integer.bitCount(entries & (bit - 1));
      return new Node(entries | bit, children, inserted(slots, i, key, value));
    }

    /** The key is known to be here. */
    Node without(String key, int hash, int shift) {
      if (shift >= HASH_BITS) {
        return new Node(0, 0, removed(slots, indexOfCollision(key), 2));
      }
      int bit = bit(hash, shift);
      if ((entries & bit) != 0) {
        return new Node(entries ^ bit, children, removed(slots, entryIndex(bit), 2));
      }
      Node child = child(bit).without(key, hash, shift + BITS);
      // a child with one entry left moves up, so that equal maps have equal shapes
      return child.isSingleEntry()
          ? withEntryForChild(bit, child)
          : new Node(entries, children, replaced(slots, childIndex(bit), child));
    }

    void forEach(Consumer<Object> visitor) {
      int pairs = slots.length - Integer.bitCount(children);
      for (int i = 1; i < pairs; i += 2) {
        visitor.accept(valueAt(i - 1));
      }
      for (int i = pairs; i < slots.length; i++) {
        nodeAt(i).forEach(visitor);
      }
    }

    private Node withChildForEntry(int bit, int entryIndex, Node child) {
      @Nullable Object[] without = removed(slots, entryIndex, 2);
      int childIndex = without.length - Integer.bitCount(children & -bit);
      @Nullable Object[] with = Arrays.copyOf(without, without.length + 1);
      System.arraycopy(without, childIndex, with, childIndex + 1, without.length - childIndex);
      with[childIndex] = child;
      return new Node(entries ^ bit, children | bit, with);
    }

    private Node withEntryForChild(int bit, Node child) {
      @Nullable Object[] without = removed(slots, childIndex(bit), 1);
      int i = 2 * Integer.bitCount(entries & (bit - 1));
      return new Node(
          entries | bit, children ^ bit, inserted(without, i, child.keyAt(0), child.valueAt(0)));
    }

    private boolean isSingleEntry() {
      return children == 0 && slots.length == 2;
    }

    private int entryIndex(int bit) {
      return 2 * Integer.bitCount(entries & (bit - 1));
    }

    private int childIndex(int bit) {
      return slots.length - Integer.bitCount(children & -bit);
    }

    private int indexOfCollision(String key) {
      for (int i = 0; i < slots.length; i += 2) {
        if (key.equals(slots[i])) {
          return i;
        }
      }
      return -1;
    }

    private Node child(int bit) {
      return nodeAt(childIndex(bit));
    }

    private Node nodeAt(int i) {
      return (Node) present(slots[i]);
    }

    private String keyAt(int i) {
      return (String) present(slots[i]);
    }

    private Object valueAt(int i) {
      return present(slots[i + 1]);
    }

    private static Object present(@Nullable Object slot) {
      if (slot == null) {
        throw new IllegalStateException("a slot of the trie is empty");
      }
      return slot;
    }

    private static int bit(int hash, int shift) {
      return 1 << ((hash >>> shift) & MASK);
    }

    private static @Nullable Object[] replaced(@Nullable Object[] slots, int i, Object value) {
      @Nullable Object[] copy = slots.clone();
      copy[i] = value;
      return copy;
    }

    private static @Nullable Object[] inserted(
        @Nullable Object[] slots, int i, String key, Object value) {
      @Nullable Object[] copy = Arrays.copyOf(slots, slots.length + 2);
      System.arraycopy(slots, i, copy, i + 2, slots.length - i);
      copy[i] = key;
      copy[i + 1] = value;
      return copy;
    }

    private static @Nullable Object[] removed(@Nullable Object[] slots, int i, int count) {
      @Nullable Object[] copy = Arrays.copyOf(slots, slots.length - count);
      System.arraycopy(slots, i + count, copy, i, slots.length - count - i);
      return copy;
    }
  }
}
