package io.postern.decision;

/**
 * A decision that {@link DecisionMemory} keeps. Its number is the memory's to give and to guard; it
 * does not change once given.
 */
public final class RememberedDecision {
  private final DecisionEvent event;
  private long number;

  RememberedDecision(DecisionEvent event) {
    this.event = event;
  }

  public DecisionEvent event() {
    return event;
  }

  /** Greater than that of every decision that was looked at before this one was made. */
  public long number() {
    return number;
  }

  boolean isNumbered() {
    return number != 0;
  }

  void number(long given) {
    number = given;
  }
}
