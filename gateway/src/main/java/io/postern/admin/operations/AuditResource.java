package io.postern.admin.operations;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.postern.admin.protocol.AdminRequest;
import io.postern.admin.protocol.AdminResponse;
import io.postern.admin.protocol.Page;
import io.postern.admin.protocol.Query;
import io.postern.admin.protocol.Rfc3339;
import io.postern.store.audit.AuditEvent;
import io.postern.store.audit.AuditFilter;
import io.postern.store.audit.AuditTable;
import io.postern.store.database.Transactions;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Who changed what and when, with the rows before and after; newest first. */
public final class AuditResource {
  static final String ACTOR = "actor";
  static final String TARGET = "target";
  static final String ACTION = "action";
  static final String FROM = "from";
  static final String TO = "to";

  private static final JsonMapper JSON = new JsonMapper();

  private final Transactions transactions;

  public AuditResource(Transactions transactions) {
    this.transactions = transactions;
  }

  public AdminResponse list(AdminRequest request) {
    Query query = request.query();
    Page page = Page.of("auditevents", query);
    String action = query.find(ACTION);
    AuditFilter filter =
        new AuditFilter(
            query.find(ACTOR),
            query.find(TARGET),
            action == null ? null : AuditEvent.Action.valueOf(action.toUpperCase(Locale.ROOT)),
            time(query, FROM),
            time(query, TO));
    return page.response(
        new AuditTable(transactions.read()).list(filter, page.after(), page.rowsToRead()),
        AuditEvent::eventId,
        AuditResource::json);
  }

  private static @Nullable Instant time(Query query, String name) {
    String text = query.find(name);
    Instant time = text == null ? null : Rfc3339.find(text);
    if (text != null && time == null) {
      throw query.invalid(name, "must be an RFC 3339 time such as 2030-01-31T12:00:00Z");
    }
    return time;
  }

  private static ObjectNode json(AuditEvent event) {
    ObjectNode json =
        JsonNodeFactory.instance
            .objectNode()
            .put("event_id", Long.toString(event.eventId()))
            .put("occurred_at", Rfc3339.format(event.occurredAt()))
            .put(ACTOR, event.actor())
            .put("source", event.source())
            .put(ACTION, event.action().name().toLowerCase(Locale.ROOT))
            .put("target_type", event.targetType())
            .put(TARGET, event.target())
            .put("revision", event.revision());
    json.set("before", row(event.before()));
    json.set("after", row(event.after()));
    return json;
  }

  private static JsonNode row(@Nullable String text) {
    try {
      return text == null ? JsonNodeFactory.instance.nullNode() : JSON.readTree(text);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("jsonb is no JSON", e);
    }
  }
}
