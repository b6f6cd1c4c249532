package io.postern.store.database;

import org.jspecify.annotations.Nullable;

/** A change that a rule of the schema forbids; its transaction is rolled back. */
public final class SchemaRuleException extends RuntimeException {
  private final SchemaRule rule;
  private final @Nullable String said;

  /**
   * @param said what the rule says of it, where that may be told
   */
  SchemaRuleException(SchemaRule rule, @Nullable String said) {
    super("the schema forbids it: " + rule, null, false, false);
    this.rule = rule;
    this.said = said;
  }

  /** What the rule says of it, such as what is in the way, where that may be told. */
  public @Nullable String said() {
    return said;
  }

  public SchemaRule rule() {
    return rule;
  }
}
