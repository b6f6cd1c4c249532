package io.postern.store.audit;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Which audit events are asked for; null for any.
 *
 * @param target the target, and all that is below it: an agent and its secrets, keys and grants
 * @param from the first instant
 * @param to the first instant after
 */
public record AuditFilter(
    @Nullable String actor,
    @Nullable String target,
    AuditEvent.@Nullable Action action,
    @Nullable Instant from,
    @Nullable Instant to) {}
