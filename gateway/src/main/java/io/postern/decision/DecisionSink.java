package io.postern.decision;

/**
 * Where the decision log writes. It counts what it has written and what it could not, and tells the
 * log of a trouble once, not for each event. Confined to the writer's thread, where it may block.
 */
interface DecisionSink extends AutoCloseable {
  /** Takes an event; it may be written later. */
  void take(DecisionEvent event);

  /** Writes what was taken. */
  void flush();

  /** Writes what is left, and ends. */
  @Override
  void close();
}
