package io.postern.admin.protocol;

import org.jspecify.annotations.Nullable;

/**
 * A member of a merge patch (RFC 7396).
 *
 * @param given whether it stands in the patch
 * @param value null when it is removed, or not given
 */
public record Patched<T>(boolean given, @Nullable T value) {

  /** What is to be stored where there is no default. */
  public @Nullable T over(@Nullable T stored) {
    return given ? value : stored;
  }

  /**
   * What is to be stored.
   *
   * @param stored null where the default holds
   * @param effective what the resource shows now; to set that is no change
   */
  public @Nullable T over(@Nullable T stored, T effective) {
    return !given || effective.equals(value) ? stored : value;
  }
}
