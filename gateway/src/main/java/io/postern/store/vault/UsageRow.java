package io.postern.store.vault;

import java.time.LocalDate;
import org.jspecify.annotations.Nullable;

/**
 * What an agent did with a hosted credential on a day in UTC, all gateways together.
 *
 * @param agentName null when the agent is gone
 * @param failures relays that ended without an answer of the target, or with one of 400 and more
 * @param inputTokens as the answers of LLM providers say, as are output tokens
 */
public record UsageRow(
    LocalDate day,
    String clientId,
    @Nullable String agentName,
    long obtains,
    long relays,
    long failures,
    long requestBytes,
    long responseBytes,
    long inputTokens,
    long outputTokens) {}
