package io.postern.http;

import io.postern.crypto.RandomIds;
import io.postern.decision.DecisionListener;
import io.postern.tracing.TokenSpans;

/**
 * Who is told what was decided about the requests of one event loop, and under which ids.
 *
 * @param listener is told each decision
 * @param spans records requests, those that are to be
 * @param ids the event loop's own
 */
public record Decisions(DecisionListener listener, TokenSpans spans, RandomIds ids) {

  /** Whether anybody is told; otherwise nothing need be made for it. */
  boolean areTold() {
    return !listener.equals(DecisionListener.NONE) || !spans.equals(TokenSpans.NONE);
  }
}
