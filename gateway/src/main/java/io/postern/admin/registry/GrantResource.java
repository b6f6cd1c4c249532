package io.postern.admin.registry;

import static io.postern.admin.registry.Owner.CLIENT_ID;
import static io.postern.admin.registry.Owner.SERVICE_ID;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.postern.admin.protocol.AdminRequest;
import io.postern.admin.protocol.AdminResponse;
import io.postern.admin.protocol.Fault;
import io.postern.admin.protocol.JsonFields;
import io.postern.admin.protocol.Problem;
import io.postern.admin.protocol.RegistryWriter;
import io.postern.admin.protocol.Rfc3339;
import io.postern.store.database.Statements;
import io.postern.store.database.Transactions;
import io.postern.store.registry.ApplicationRow;
import io.postern.store.registry.ApplicationTable;
import io.postern.store.registry.GrantRow;
import io.postern.store.registry.GrantTable;
import io.postern.store.registry.ScopeTable;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Outbound authorizations: what an agent may have on a service, or on another agent. */
public final class GrantResource extends OwnedResource<GrantRow> {
  private final Clock clock;

  public GrantResource(Transactions transactions, RegistryWriter writer, Clock clock) {
    super(transactions, writer, Owner.AGENT, new Noun("grant", "grants", SERVICE_ID));
    this.clock = clock;
  }

  private record Wanted(List<String> scopes, @Nullable Instant expiresAt) {}

  public AdminResponse put(AdminRequest request) {
    JsonFields body = request.body();
    List<String> given = body.texts("scopes");
    Instant expiresAt = body.findTimeAfter("expires_at", clock.instant());
    if (request.path(CLIENT_ID).equals(request.path(SERVICE_ID))) {
      body.fault("an agent cannot be granted itself");
    }
    body.finish();

    return writer.write(
        request,
        statements -> {
          String clientId = owner.require(statements, request).id();
          String resourceId = requireResource(statements, request).id();
          GrantRow present = table(statements).find(clientId, resourceId);
          request.requirePut(present == null ? null : present.meta().revision());
          requireScopes(statements, resourceId, given);
          Wanted wanted = new Wanted(given.stream().sorted().toList(), expiresAt);
          if (present == null) {
            table(statements).insert(clientId, resourceId, wanted.scopes, expiresAt);
          } else if (!wanted.equals(new Wanted(present.scopes(), present.expiresAt()))) {
            table(statements).update(clientId, resourceId, wanted.scopes, expiresAt);
          }
          return present == null
              ? created(statements, clientId, resourceId)
              : shown(require(statements, clientId, resourceId));
        });
  }

  // Says which of the three there is not.
  @Override
  protected GrantRow require(Statements statements, AdminRequest request) {
    String clientId = owner.require(statements, request).id();
    return require(statements, clientId, requireResource(statements, request).id());
  }

  @Override
  protected GrantTable table(Statements statements) {
    return new GrantTable(statements);
  }

  /** The service, or the agent that stands in its place. */
  private static ApplicationRow requireResource(Statements statements, AdminRequest request) {
    String id = request.path(SERVICE_ID);
    return require(
        isPossible(id) ? new ApplicationTable(statements).findResource(id) : null,
        "service or agent");
  }

  private static void requireScopes(Statements statements, String resourceId, List<String> given) {
    Set<String> existing = new ScopeTable(statements).existing(resourceId, given);
    List<Fault> faults = new ArrayList<>();
    for (int i = 0; i < given.size(); i++) {
      if (!existing.contains(given.get(i))) {
        faults.add(Fault.at("/scopes/" + i, "does not exist on the service"));
      }
    }
    if (!faults.isEmpty()) {
      throw Problem.invalid(faults).exception();
    }
  }

  @Override
  protected ObjectNode json(GrantRow row) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put(CLIENT_ID, row.clientId());
    json.put(SERVICE_ID, row.resourceId());
    json.put("audience", row.audience());
    ArrayNode scopes = json.putArray("scopes");
    row.scopes().forEach(scopes::add);
    json.put("expires_at", Rfc3339.format(row.expiresAt()));
    json.put("created_at", Rfc3339.format(row.meta().createdAt()));
    json.put("updated_at", Rfc3339.format(row.meta().updatedAt()));
    return json;
  }
}
