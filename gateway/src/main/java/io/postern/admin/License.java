package io.postern.admin;

import io.postern.store.RegistryTables;
import org.jspecify.annotations.Nullable;

/**
 * How many applications may exist.
 *
 * @param limit null for any number
 */
record License(@Nullable Integer limit) {

  /**
   * Holds the count against the limit. After the insert and in its transaction, so that two
   * creations at once cannot both be the last.
   *
   * @throws ProblemException 409 past the limit
   */
  void check(RegistryTables tables) {
    if (limit == null) {
      return;
    }
    long used = tables.applications().countLicensed();
    if (used > limit) {
      throw Problem.conflict(
              "license-limit",
              "The licence allows %d applications, and %d exist.".formatted(limit, used - 1))
          .with("limit", limit)
          .with("used", used - 1)
          .exception();
    }
  }
}
