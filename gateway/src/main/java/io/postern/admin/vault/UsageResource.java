package io.postern.admin.vault;

import static io.postern.admin.registry.Owner.CLIENT_ID;
import static io.postern.admin.vault.CredentialResource.CREDENTIAL_ID;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.postern.admin.protocol.AdminRequest;
import io.postern.admin.protocol.AdminResponse;
import io.postern.admin.protocol.Cursor;
import io.postern.admin.protocol.Page;
import io.postern.admin.protocol.Query;
import io.postern.store.database.Statements;
import io.postern.store.database.Transactions;
import io.postern.store.vault.UsageRow;
import io.postern.store.vault.UsageTable;
import io.postern.store.vault.UsageTable.Position;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What agents did with a hosted credential, by day and agent. */
public final class UsageResource {
  private static final String KIND = "usage";
  private static final Pattern POSITION = Pattern.compile("\\d{4}-\\d\\d-\\d\\d [^\\x00]+");
  private static final int DAY_LENGTH = 10;
  private static final LocalDate BEFORE_ALL = LocalDate.of(1, 1, 1);

  private final Transactions transactions;

  public UsageResource(Transactions transactions) {
    this.transactions = transactions;
  }

  public AdminResponse list(AdminRequest request) {
    Query query = request.query();
    LocalDate from = findDay(query, "from");
    LocalDate to = findDay(query, "to");
    Position after = after(query, from == null ? BEFORE_ALL : from);
    int limit = Page.limit(query);
    Statements statements = transactions.read();
    String credentialId =
        CredentialResource.require(statements, request.path(CREDENTIAL_ID)).credentialId();
    List<UsageRow> rows = new UsageTable(statements).list(credentialId, after, to, limit + 1);

    ObjectNode body = JsonNodeFactory.instance.objectNode();
    ArrayNode items = body.putArray("items");
    List<UsageRow> shown = rows.subList(0, Math.min(limit, rows.size()));
    shown.forEach(row -> items.add(json(row)));
    body.put("next_cursor", rows.size() > limit ? cursor(shown.getLast()) : null);
    return AdminResponse.ok(body);
  }

  private static @Nullable LocalDate findDay(Query query, String name) {
    String day = query.find(name);
    try {
      return day == null ? null : LocalDate.parse(day);
    } catch (DateTimeException e) {
      throw query.invalid(name, "must be a day such as 2030-01-31");
    }
  }

  private static Position after(Query query, LocalDate from) {
    String position = Cursor.findPosition(KIND, query, POSITION);
    try {
      return position == null
          ? new Position(from, "")
          : new Position(
              LocalDate.parse(position.substring(0, DAY_LENGTH)),
              position.substring(DAY_LENGTH + 1));
    } catch (DateTimeException e) {
      throw query.invalid("cursor", "must be the next_cursor of a page of the same list");
    }
  }

  private static String cursor(UsageRow last) {
    return Cursor.of(KIND, last.day() + " " + last.clientId());
  }

  private static ObjectNode json(UsageRow row) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("day", row.day().toString())
        .put(CLIENT_ID, row.clientId())
        .put("agent_name", row.agentName())
        .put("obtains", row.obtains())
        .put("relays", row.relays())
        .put("failures", row.failures())
        .put("request_bytes", row.requestBytes())
        .put("response_bytes", row.responseBytes())
        .put("input_tokens", row.inputTokens())
        .put("output_tokens", row.outputTokens());
  }
}
