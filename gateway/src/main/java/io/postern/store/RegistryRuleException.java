package io.postern.store;

/** A change that a rule of the registry forbids; its transaction is rolled back. */
public final class RegistryRuleException extends RuntimeException {
  private final RegistryRule rule;

  RegistryRuleException(RegistryRule rule) {
    super("the registry forbids it: " + rule, null, false, false);
    this.rule = rule;
  }

  public RegistryRule rule() {
    return rule;
  }
}
