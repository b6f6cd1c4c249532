package io.postern.decision;

import java.util.List;

/** What is told each decision about a token request. */
@FunctionalInterface
public interface DecisionListener {
  /** Nobody listens; whoever decides need not even make the event. */
  DecisionListener NONE = event -> {};

  /**
   * Notes a decision. Called on any event loop, once for each request, after the answer was handed
   * over: must neither block nor throw, and be quick.
   */
  void decided(DecisionEvent event);

  /** Tells each of them, in their order. */
  static DecisionListener all(List<? extends DecisionListener> listeners) {
    DecisionListener[] each = listeners.toArray(DecisionListener[]::new);
    return each.length == 0
        ? NONE
        : event -> {
          for (DecisionListener listener : each) {
            listener.decided(event);
          }
        };
  }
}
