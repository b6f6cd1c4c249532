package io.postern.store.revocation;

import io.postern.store.database.Portions;
import io.postern.store.database.Transactions;

/**
 * Drops the not-before lines that no token is as old as. One gateway does it for all. To be used on
 * virtual threads.
 */
public final class LinePruning {
  // any number that no other advisory lock of Postern has
  static final long LOCK = 0x706f_7374_6c69_6e65L;

  private static final int PORTION = 10_000;

  private static final String DELETE =
      """
      delete from not_before_line
       where line = any (array(select line from not_before_line
                                where ends_at < clock_timestamp() order by ends_at limit $1))
      """;

  private final Portions portions;

  public LinePruning(Transactions transactions) {
    this.portions = new Portions(transactions, LOCK);
  }

  /**
   * Drops what is to be dropped now.
   *
   * @return how many; 0 when another gateway is about it
   */
  public long run() {
    return portions.run(statements -> statements.count(DELETE, PORTION));
  }
}
