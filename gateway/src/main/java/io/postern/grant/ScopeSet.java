package io.postern.grant;

import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Scope values, sorted and distinct, at least one, with the text that names them all in a token.
 * Immutable; equal when the values are.
 */
public final class ScopeSet {
  private static final int WORD_BITS = 6;

  private final String[] values;
  private final String text;

  private ScopeSet(String[] values) {
    this.values = values;
    this.text = String.join(" ", values);
  }

  /**
   * The set of these values.
   *
   * @param values at least one; scope values by RFC 6749 §3.3, so without spaces, and without
   *     anything that JSON would escape
   */
  public static ScopeSet of(Collection<String> values) {
    if (values.isEmpty()) {
      throw new IllegalArgumentException("a set of scopes has at least one value");
    }
    return new ScopeSet(values.stream().sorted().distinct().toArray(String[]::new));
  }

  /** All values, sorted. */
  public List<String> values() {
    return List.of(values);
  }

  /** All values, separated by single spaces: what a token's {@code scope} claim says. */
  public String text() {
    return text;
  }

  /** Whether the value is in the set. */
  public boolean contains(String value) {
    return Arrays.binarySearch(values, value) >= 0;
  }

  /**
   * What is both in the set and asked for, separated by single spaces and in the set's order; null
   * when that is nothing.
   *
   * @param requested scope values in any order, perhaps repeated
   */
  @Nullable String textOf(List<String> requested) {
    long[] marks = new long[((values.length - 1) >> WORD_BITS) + 1];
    int found = 0;
    for (String value : requested) {
      int i = Arrays.binarySearch(values, value);
      if (i >= 0 && (marks[i >> WORD_BITS] & (1L << i)) == 0) {
        marks[i >> WORD_BITS] |= 1L << i;
        found++;
      }
    }
    if (found == 0) {
      return null;
    }
    return found == values.length ? text : marked(marks, found);
  }

  private String marked(long[] marks, int count) {
    if (count == 1) {
      return values[next(marks, 0)];
    }
    StringBuilder some = new StringBuilder(text.length());
    int i = -1;
    for (int n = 0; n < count; n++) {
      i = next(marks, i + 1);
      some.append(n == 0 ? "" : " ").append(values[i]);
    }
    return some.toString();
  }

  /** The first marked position from that one on; there is one. */
  private static int next(long[] marks, int from) {
    int word = from >> WORD_BITS;
    long rest = marks[word] & (-1L << from);
    while (rest == 0) {
      rest = marks[++word];
    }
    return (word << WORD_BITS) + Long.numberOfTrailingZeros(rest);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof ScopeSet scopes && scopes.text.equals(text);
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }

  @Override
  public String toString() {
    return text;
  }
}
