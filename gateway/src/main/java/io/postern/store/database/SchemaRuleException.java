package io.postern.store.database;

/** A change that a rule of the schema forbids; its transaction is rolled back. */
public final class SchemaRuleException extends RuntimeException {
  private final SchemaRule rule;

  SchemaRuleException(SchemaRule rule) {
    super("the schema forbids it: " + rule, null, false, false);
    this.rule = rule;
  }

  public SchemaRule rule() {
    return rule;
  }
}
