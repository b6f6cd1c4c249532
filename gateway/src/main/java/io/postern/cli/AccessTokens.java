package io.postern.cli;

/** Where a command gets its access token for the admin API. */
@FunctionalInterface
public interface AccessTokens {
  /**
   * A token that is good now.
   *
   * @throws CommandFailedException when there is none to be had
   */
  String current();
}
