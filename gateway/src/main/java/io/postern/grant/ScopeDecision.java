package io.postern.grant;

import java.util.List;

/** What a grant gives of a request. */
public sealed interface ScopeDecision {

  /**
   * The token's scopes.
   *
   * @param scopes sorted, distinct, not empty
   */
  record Granted(List<String> scopes) implements ScopeDecision {
    public Granted {
      scopes = List.copyOf(scopes);
    }
  }

  /** Of what was asked for, nothing is granted. */
  enum Nothing implements ScopeDecision {
    GRANTED
  }
}
