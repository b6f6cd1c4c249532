package io.postern.admin.registry;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.postern.admin.protocol.AdminRequest;
import io.postern.admin.protocol.AdminResponse;
import io.postern.admin.protocol.Immutable;
import io.postern.admin.protocol.JsonFields;
import io.postern.admin.protocol.Page;
import io.postern.admin.protocol.RegistryWriter;
import io.postern.admin.protocol.Rfc3339;
import io.postern.grant.AgentAudience;
import io.postern.store.database.Statements;
import io.postern.store.database.Transactions;
import io.postern.store.registry.ApplicationRow;
import io.postern.store.registry.ApplicationRow.Kind;
import io.postern.store.registry.ApplicationRow.Permission;
import io.postern.store.registry.ApplicationRow.Scope;
import io.postern.store.registry.ApplicationRow.Settings;
import io.postern.store.registry.ApplicationTable;
import io.postern.store.registry.ScopeTable;
import java.util.List;

/** Agents: machine identities that hold credentials and can themselves be called. */
public final class AgentResource extends RowResource<ApplicationRow> {
  private static final List<String> IMMUTABLE =
      List.of("client_id", "audience", "created_at", "updated_at");

  private final Identifiers identifiers;
  private final License license;

  public AgentResource(
      Transactions transactions, RegistryWriter writer, Identifiers identifiers, License license) {
    super(transactions, writer, Owner.AGENT.segment());
    this.identifiers = identifiers;
    this.license = license;
  }

  public AdminResponse create(AdminRequest request) {
    JsonFields body = request.body();
    String givenId = body.findText("client_id");
    String givenAudience = body.findText("audience");
    Settings settings = AgentSettings.created(body);
    body.finish();

    String clientId = givenId == null ? identifiers.newClientId() : givenId;
    String audience = givenAudience == null ? AgentAudience.of(clientId) : givenAudience;
    return writer.write(
        request,
        statements -> {
          new ApplicationTable(statements).insert(clientId, Kind.AGENT, audience, settings);
          Permission permission = AgentSettings.permission(settings);
          new ScopeTable(statements).insert(clientId, List.of(new Scope(permission.scope(), null)));
          license.check(statements);
          return created(
              Owner.AGENT.require(statements, clientId), Owner.AGENT.segment(), clientId);
        });
  }

  @Override
  protected List<ApplicationRow> rows(Statements statements, AdminRequest request, Page page) {
    var filter =
        new ApplicationTable.Filter(
            request.query().find("name"), request.query().find("status"), null);
    return new ApplicationTable(statements)
        .list(Kind.AGENT, filter, page.after(), page.rowsToRead());
  }

  @Override
  protected ApplicationRow require(Statements statements, AdminRequest request) {
    return Owner.AGENT.require(statements, request);
  }

  @Override
  protected void remove(Statements statements, AdminRequest request) {
    new ApplicationTable(statements).delete(Owner.AGENT.id(request));
  }

  public AdminResponse patch(AdminRequest request) {
    JsonFields body = request.body();
    Immutable immutable = new Immutable(body, IMMUTABLE);
    AgentSettings.Patch patch = AgentSettings.patch(body);
    body.finish();

    return patch(
        request,
        immutable,
        (statements, row) -> {
          Settings settings = patch.over(row.settings());
          if (!settings.equals(row.settings())) {
            update(statements, row, settings);
          }
        });
  }

  private static void update(Statements statements, ApplicationRow row, Settings settings) {
    String present = AgentSettings.permission(row.settings()).scope();
    String wanted = AgentSettings.permission(settings).scope();
    new ApplicationTable(statements).update(row.id(), settings);
    if (!wanted.equals(present)) {
      new ScopeTable(statements).rename(row.id(), present, wanted);
    }
  }

  @Override
  protected ObjectNode json(ApplicationRow row) {
    Settings settings = row.settings();
    Permission permission = AgentSettings.permission(settings);
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("client_id", row.id());
    json.put("name", settings.name());
    json.put("audience", row.audience());
    json.put("status", settings.status());
    json.putObject("permission")
        .put("name", permission.name())
        .put("scope", permission.scope())
        .put("mode", permission.mode());
    json.put("access_token_ttl", TokenSettings.effectiveTtl(settings));
    json.put("signing_alg", TokenSettings.effectiveAlg(settings));
    json.put("assertion_audience", settings.assertionAudience());
    json.put(AgentSettings.RATE, settings.tokensPerMinute());
    json.put("created_at", Rfc3339.format(row.meta().createdAt()));
    json.put("updated_at", Rfc3339.format(row.meta().updatedAt()));
    return json;
  }
}
