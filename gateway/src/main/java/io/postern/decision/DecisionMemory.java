package io.postern.decision;

import io.postern.oauth.InactiveReason;
import io.postern.oauth.RefusalReason;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The last decisions of this gateway, so that an id leads somewhere without a decision log. Tokens,
 * obtains, relays, introspections and revocations have a ring each, so has each reason why a token
 * was not active, and each reason of a refusal has one of its own: however many of one kind come,
 * they push out none of another. Thread-safe; whoever decides waits for no reader.
 *
 * <p>Readers see the decisions by number. A decision gets its number from the first reader who
 * comes by, not from whoever decides: that costs an event loop nothing, and what shows up later has
 * the greater number, so that nobody who asks for what came after a number misses any.
 */
public final class DecisionMemory implements DecisionListener {
  private static final Comparator<RememberedDecision> BY_TIME =
      Comparator.comparing(decision -> decision.event().time());
  private static final Comparator<RememberedDecision> NEWEST_FIRST =
      Comparator.<RememberedDecision>comparingLong(RememberedDecision::number).reversed();

  private final boolean off;
  private final DecisionRing issued;
  private final DecisionRing obtained;
  private final DecisionRing relayed;
  private final DecisionRing introspected;
  private final DecisionRing revoked;
  private final Map<InactiveReason, DecisionRing> inactive = new EnumMap<>(InactiveReason.class);
  private final Map<RefusalReason, DecisionRing> refused = new HashMap<>();
  private long lastNumber;

  /**
   * @param each how many are kept of each kind; 0 keeps nothing
   * @param start from when this gateway decides: its numbers are greater than those before
   */
  public DecisionMemory(int each, Instant start) {
    this.off = each == 0;
    this.issued = new DecisionRing(each);
    this.obtained = new DecisionRing(each);
    this.relayed = new DecisionRing(each);
    this.introspected = new DecisionRing(each);
    this.revoked = new DecisionRing(each);
    for (InactiveReason reason : InactiveReason.values()) {
      inactive.put(reason, new DecisionRing(each));
    }
    for (RefusalReason reason : RefusalReasons.ALL) {
      refused.put(reason, new DecisionRing(each));
    }
    this.lastNumber = TimeUnit.MILLISECONDS.toMicros(start.toEpochMilli());
  }

  /** Whether nothing is kept. */
  public boolean isOff() {
    return off;
  }

  @Override
  public void decided(DecisionEvent event) {
    DecisionRing ring =
        switch (event.result()) {
          case DecisionEvent.Result.Issued ignored -> issued;
          case DecisionEvent.Result.Obtained ignored -> obtained;
          case DecisionEvent.Result.Relayed ignored -> relayed;
          case DecisionEvent.Result.Introspected told ->
              told.inactive() == null ? introspected : inactive.get(told.inactive());
          case DecisionEvent.Result.Revoked told ->
              told.inactive() == null ? revoked : inactive.get(told.inactive());
          case DecisionEvent.Result.Refused refusal -> refused.get(refusal.reason());
        };
    if (ring != null && !off) {
      ring.add(event);
    }
  }

  /**
   * Up to {@code limit} decisions, newest first.
   *
   * @param after only those of a greater number; 0 for all
   * @param before only those of a smaller number; 0 for all
   */
  public List<RememberedDecision> list(
      Predicate<DecisionEvent> wanted, long after, long before, int limit) {
    return numbered().stream()
        .filter(decision -> decision.number() > after)
        .filter(decision -> before == 0 || decision.number() < before)
        .filter(decision -> wanted.test(decision.event()))
        .sorted(NEWEST_FIRST)
        .limit(limit)
        .toList();
  }

  /** The decision of that id, or null when it is not kept. */
  public @Nullable RememberedDecision find(String decisionId) {
    return numbered().stream()
        .filter(decision -> decision.event().decisionId().equals(decisionId))
        .findFirst()
        .orElse(null);
  }

  private synchronized List<RememberedDecision> numbered() {
    List<RememberedDecision> all = new ArrayList<>();
    issued.forEach(all::add);
    obtained.forEach(all::add);
    relayed.forEach(all::add);
    introspected.forEach(all::add);
    revoked.forEach(all::add);
    inactive.values().forEach(ring -> ring.forEach(all::add));
    refused.values().forEach(ring -> ring.forEach(all::add));
    all.stream()
        .filter(decision -> !decision.isNumbered())
        .sorted(BY_TIME)
        .forEach(decision -> decision.number(++lastNumber));
    return all;
  }
}
