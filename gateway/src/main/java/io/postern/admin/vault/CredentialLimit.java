package io.postern.admin.vault;

import io.postern.admin.protocol.Problem;
import io.postern.admin.protocol.ProblemException;
import io.postern.store.database.Statements;
import io.postern.store.vault.HostedCredentialTable;

/** How many hosted credentials may exist, as every gateway holds all of them in memory. */
public record CredentialLimit(int limit) {

  /**
   * Holds the count against the limit. After the inserts and in their transaction, so that two
   * creations at once cannot both be the last.
   *
   * @throws ProblemException 409 past the limit
   */
  public void check(Statements statements) {
    check(new HostedCredentialTable(statements).count());
  }

  /**
   * Holds what many changes at once would make of the count against the limit. What creates nothing
   * is never past it.
   *
   * @throws ProblemException 409 past the limit
   */
  public void check(Statements statements, long created, long deleted) {
    if (created > 0) {
      check(new HostedCredentialTable(statements).count() + created - deleted);
    }
  }

  private void check(long after) {
    if (after > limit) {
      throw Problem.conflict(
              "credential-limit",
              "POSTERN_CREDENTIAL_LIMIT allows %d hosted credentials, and there would be %d."
                  .formatted(limit, after))
          .with("limit", limit)
          .exception();
    }
  }
}
