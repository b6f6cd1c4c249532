package io.postern.store.database;

import org.jspecify.annotations.Nullable;

/** A change that a rule of the schema forbids; its transaction is rolled back. */
public final class SchemaRuleException extends RuntimeException {
  private final SchemaRule rule;
  private final @Nullable String conflicting;

  /**
   * @param conflicting what is in the way, where the rule names it
   */
  SchemaRuleException(SchemaRule rule, @Nullable String conflicting) {
    super("the schema forbids it: " + rule, null, false, false);
    this.rule = rule;
    this.conflicting = conflicting;
  }

  /** What is in the way, where the rule names it. */
  public @Nullable String conflicting() {
    return conflicting;
  }

  public SchemaRule rule() {
    return rule;
  }
}
