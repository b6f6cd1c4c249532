package io.postern.decision;

import io.postern.vault.VaultRefusal;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * What agents have done with hosted credentials lately, until somebody writes it down. Thread-safe.
 *
 * <p>At most {@value #CAPACITY} different agents, credentials and days are kept at a time; what is
 * beyond is counted as lost.
 */
public final class CredentialUsage implements DecisionListener {
  private static final int CAPACITY = 100_000;

  /**
   * Whose use it is.
   *
   * @param identifier of the credential
   * @param day in UTC
   */
  public record Key(String identifier, String clientId, LocalDate day) {}

  /** What was counted. */
  public record Counts(
      long obtains,
      long relays,
      long failures,
      long requestBytes,
      long responseBytes,
      long inputTokens,
      long outputTokens) {}

  private static final class Adders {
    private final LongAdder obtains = new LongAdder();
    private final LongAdder relays = new LongAdder();
    private final LongAdder failures = new LongAdder();
    private final LongAdder requestBytes = new LongAdder();
    private final LongAdder responseBytes = new LongAdder();
    private final LongAdder inputTokens = new LongAdder();
    private final LongAdder outputTokens = new LongAdder();

    void add(Counts counts) {
      obtains.add(counts.obtains);
      relays.add(counts.relays);
      failures.add(counts.failures);
      requestBytes.add(counts.requestBytes);
      responseBytes.add(counts.responseBytes);
      inputTokens.add(counts.inputTokens);
      outputTokens.add(counts.outputTokens);
    }

    Counts sums() {
      return new Counts(
          obtains.sum(),
          relays.sum(),
          failures.sum(),
          requestBytes.sum(),
          responseBytes.sum(),
          inputTokens.sum(),
          outputTokens.sum());
    }
  }

  private static final Counts OBTAIN = new Counts(1, 0, 0, 0, 0, 0, 0);
  private static final Counts FAILURE = new Counts(0, 1, 1, 0, 0, 0, 0);

  private volatile Map<Key, Adders> counted = new ConcurrentHashMap<>();
  private final LongAdder lost = new LongAdder();

  @Override
  public void decided(DecisionEvent event) {
    switch (event.result()) {
      case DecisionEvent.Result.Obtained ignored -> add(event, OBTAIN);
      case DecisionEvent.Result.Relayed relayed ->
          add(event, counts(relayed, relayed.status() >= 400));
      case DecisionEvent.Result.Refused refused -> {
        if (refused.reason() instanceof VaultRefusal reason
            && event.operation() == DecisionEvent.Operation.RELAY
            && isOfACall(reason)) {
          DecisionEvent.Result.Relayed brokenOff = refused.brokenOff();
          add(event, brokenOff == null ? FAILURE : counts(brokenOff, true));
        }
      }
      case DecisionEvent.Result.Issued ignored -> {}
      case DecisionEvent.Result.Introspected ignored -> {}
      case DecisionEvent.Result.Revoked ignored -> {}
    }
  }

  /** Whether a relay had been let through: its call was made, or was about to be. */
  private static boolean isOfACall(VaultRefusal reason) {
    return switch (reason) {
      case HTTP_FORBIDDEN,
          ADDRESS_FORBIDDEN,
          TARGET_UNRESOLVED,
          TARGET_UNREACHABLE,
          TARGET_UNTRUSTED,
          TARGET_FAILED,
          TARGET_TIMEOUT,
          CALLER_TIMEOUT,
          CALLER_LEFT,
          PROVIDER_REFUSED,
          PROVIDER_UNREACHABLE,
          PROVIDER_FAILED,
          PROVIDER_TIMEOUT,
          TOKEN_NOT_KEPT,
          VALUE_UNREADABLE,
          INTERNAL_ERROR ->
          true;
      case METHOD_NOT_ALLOWED,
          NO_TOKEN,
          SEVERAL_TOKENS,
          INVALID_TOKEN,
          REVOKED_TOKEN,
          DISABLED_AGENT,
          INSUFFICIENT_SCOPE,
          UNKNOWN_CREDENTIAL,
          NOT_LINKED,
          LINK_EXPIRED,
          ACCESS_NOT_LINKED,
          CREDENTIAL_EXPIRED,
          NO_TARGET,
          UNCLEAR_PATH,
          UNCLEAR_QUERY,
          NOT_ALLOWED_AT_TARGET,
          UPGRADE_NOT_RELAYED,
          TOO_MANY_OF_LINK,
          TOO_MANY_OF_CREDENTIAL,
          TOO_MANY_AT_ONCE,
          INDEX_STALE ->
          false;
    };
  }

  private static Counts counts(DecisionEvent.Result.Relayed relayed, boolean failed) {
    return new Counts(
        0,
        1,
        failed ? 1 : 0,
        relayed.requestBytes(),
        relayed.responseBytes(),
        Math.max(0, relayed.inputTokens()),
        Math.max(0, relayed.outputTokens()));
  }

  private void add(DecisionEvent event, Counts counts) {
    String identifier = event.credentialAsked();
    String clientId = event.clientId();
    if (identifier != null && clientId != null) {
      LocalDate day = event.time().atOffset(ZoneOffset.UTC).toLocalDate();
      add(new Key(identifier, clientId, day), counts);
    }
  }

  private void add(Key key, Counts counts) {
    Map<Key, Adders> present = counted;
    if (present.size() < CAPACITY || present.containsKey(key)) {
      present.computeIfAbsent(key, ignored -> new Adders()).add(counts);
    } else {
      lost.increment();
    }
  }

  /** Hands over what was counted, and begins anew; what comes at that very moment may be lost. */
  public Map<Key, Counts> drain() {
    Map<Key, Adders> drained = counted;
    counted = new ConcurrentHashMap<>();
    Map<Key, Counts> sums = new ConcurrentHashMap<>(drained.size());
    drained.forEach((key, adders) -> sums.put(key, adders.sums()));
    return sums;
  }

  /** Takes back what could not be written. */
  public void putBack(Map<Key, Counts> counts) {
    counts.forEach(this::add);
  }

  /** How many requests were not counted, as there were too many different ones. */
  public long lost() {
    return lost.sum();
  }
}
