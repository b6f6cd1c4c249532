package io.postern.grant;

/** What a grant gives of a request. */
public sealed interface ScopeDecision {

  /**
   * The token's scopes.
   *
   * @param scope at least one scope value, sorted, distinct, separated by single spaces
   */
  record Granted(String scope) implements ScopeDecision {}

  /** Of what was asked for, nothing is granted. */
  enum Nothing implements ScopeDecision {
    GRANTED
  }
}
