package io.postern.admin.registry;

import io.postern.admin.protocol.Problem;
import io.postern.admin.protocol.ProblemException;
import io.postern.store.database.Statements;
import io.postern.store.registry.ApplicationTable;
import org.jspecify.annotations.Nullable;

/**
 * How many applications may exist.
 *
 * @param limit null for any number
 */
public record License(@Nullable Integer limit) {

  /**
   * Holds the count against the limit. After the insert and in its transaction, so that two
   * creations at once cannot both be the last.
   *
   * @throws ProblemException 409 past the limit
   */
  public void check(Statements statements) {
    if (limit == null) {
      return;
    }
    long used = new ApplicationTable(statements).countLicensed();
    if (used > limit) {
      throw Problem.conflict(
              "license-limit",
              "The licence allows %d applications, and %d exist.".formatted(limit, used - 1))
          .with("limit", limit)
          .with("used", used - 1)
          .exception();
    }
  }

  /**
   * Holds what many changes at once would make of the count against the limit. What creates nothing
   * is never past it.
   *
   * @throws ProblemException 409 past the limit
   */
  public void check(Statements statements, long created, long deleted) {
    if (limit == null || created == 0) {
      return;
    }
    long used = new ApplicationTable(statements).countLicensed();
    long after = used + created - deleted;
    if (after > limit) {
      throw Problem.conflict(
              "license-limit",
              "The licence allows %d applications, and there would be %d.".formatted(limit, after))
          .with("limit", limit)
          .with("used", used)
          .exception();
    }
  }
}
