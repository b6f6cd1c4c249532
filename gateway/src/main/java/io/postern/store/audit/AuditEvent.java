package io.postern.store.audit;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One change of one row.
 *
 * @param eventId in the order of commits
 * @param occurredAt when its transaction began
 * @param actor whose change it is: a {@code client_id}, {@code postern} for a gateway's own, or
 *     {@code database:} and a role for what came another way
 * @param source the address that it came from; null for a local session of the database
 * @param before the row as JSON, without hashes and encrypted keys; null when it is new
 * @param after null when it is gone
 */
public record AuditEvent(
    long eventId,
    Instant occurredAt,
    String actor,
    @Nullable String source,
    Action action,
    String targetType,
    String target,
    long revision,
    @Nullable String before,
    @Nullable String after) {

  /** What became of the row. */
  public enum Action {
    CREATE("insert"),
    UPDATE("update"),
    DELETE("delete");

    private final String operation;

    Action(String operation) {
      this.operation = operation;
    }

    String operation() {
      return operation;
    }

    static Action of(String operation) {
      for (Action action : values()) {
        if (action.operation.equals(operation)) {
          return action;
        }
      }
      throw new IllegalArgumentException("unknown operation " + operation);
    }
  }
}
