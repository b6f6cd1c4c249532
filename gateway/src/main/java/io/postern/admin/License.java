package io.postern.admin;

import io.postern.store.RegistryTables;
import io.postern.store.TopologyPlan;
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

  /**
   * Holds what a plan makes of the count against the limit. A plan that creates nothing is never
   * past it.
   *
   * @throws ProblemException 409 past the limit
   */
  void check(RegistryTables tables, TopologyPlan plan) {
    long created = plan.countApplications(TopologyPlan.Action.CREATE);
    if (limit == null || created == 0) {
      return;
    }
    long used = tables.applications().countLicensed();
    long after = used + created - plan.countApplications(TopologyPlan.Action.DELETE);
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
