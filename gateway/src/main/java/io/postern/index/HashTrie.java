package io.postern.index;

import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * An immutable set of values, each found by a string that it has itself, its key. A changed set
 * shares all but the path to the change with the one before it, so a change costs a handful of
 * small arrays, whatever the size.
 *
 * <p>A hash array mapped trie in the compressed form (CHAMP; Steindorfer and Vinju, 2015): see
 * {@link TrieNode}.
 */
final class HashTrie<V> {
  private final Function<V, String> keyOf;
  private final TrieNode<V> root;
  private final int size;

  private HashTrie(Function<V, String> keyOf, TrieNode<V> root, int size) {
    this.keyOf = keyOf;
    this.root = root;
    this.size = size;
  }

  /**
   * The set without values.
   *
   * @param keyOf a value's key, always the same one
   */
  static <V> HashTrie<V> empty(Function<V, String> keyOf) {
    return new HashTrie<>(keyOf, TrieNode.empty(), 0);
  }

  /** The number of values. */
  int size() {
    return size;
  }

  /** The value of a key, or null. */
  @Nullable V find(String key) {
    return root.find(keyOf, key, TrieNode.hash(key), 0);
  }

  /** Visits every value, in no order. */
  void forEach(Consumer<? super V> visitor) {
    root.forEach(visitor);
  }

  /** Starts from this set, which stays as it is. */
  Builder<V> edit() {
    return new Builder<>(this);
  }

  /**
   * A set in the making. It copies a node at the first change to it only, so many changes cost
   * little more than the nodes that there are in the end. Confined to one thread.
   */
  static final class Builder<V> {
    private final Function<V, String> keyOf;
    private TrieNode<V> root;
    private int size;
    // nodes that carry it were made here since the last build, and nobody else has seen them
    private TrieNode.Owner owner = new TrieNode.Owner();

    private Builder(HashTrie<V> from) {
      this.keyOf = from.keyOf;
      this.root = from.root;
      this.size = from.size;
    }

    /** The value of a key, or null. */
    @Nullable V find(String key) {
      return root.find(keyOf, key, TrieNode.hash(key), 0);
    }

    /** Puts a value in the place of the one with its key, which is answered, or null. */
    @Nullable V put(V value) {
      String key = keyOf.apply(value);
      int hash = TrieNode.hash(key);
      V former = root.find(keyOf, key, hash, 0);
      root = root.put(owner, keyOf, key, value, hash, 0);
      if (former == null) {
        size++;
      }
      return former;
    }

    /**
     * Puts in the place of a key's value what is made of it; without one, nothing happens.
     *
     * @param change leaves the key as it is
     */
    void replace(String key, UnaryOperator<V> change) {
      root = root.replace(owner, keyOf, key, change, TrieNode.hash(key), 0);
    }

    /** Removes the value of a key, which is answered, or null. */
    @Nullable V remove(String key) {
      int hash = TrieNode.hash(key);
      V former = root.find(keyOf, key, hash, 0);
      if (former != null) {
        root = root.without(owner, keyOf, key, hash, 0);
        size--;
      }
      return former;
    }

    /** The set as it is now. */
    HashTrie<V> build() {
      owner = new TrieNode.Owner();
      return new HashTrie<>(keyOf, root, size);
    }
  }
}
