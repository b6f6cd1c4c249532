package io.postern.admin.registry;

import static io.postern.admin.registry.TokenSettings.ALG;
import static io.postern.admin.registry.TokenSettings.TTL;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.postern.admin.protocol.AdminRequest;
import io.postern.admin.protocol.AdminResponse;
import io.postern.admin.protocol.Immutable;
import io.postern.admin.protocol.JsonFields;
import io.postern.admin.protocol.Page;
import io.postern.admin.protocol.Patched;
import io.postern.admin.protocol.RegistryWriter;
import io.postern.admin.protocol.Rfc3339;
import io.postern.store.database.Statements;
import io.postern.store.database.Transactions;
import io.postern.store.registry.ApplicationRow;
import io.postern.store.registry.ApplicationRow.Kind;
import io.postern.store.registry.ApplicationRow.Scope;
import io.postern.store.registry.ApplicationRow.Settings;
import io.postern.store.registry.ApplicationTable;
import io.postern.store.registry.ScopeTable;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Enterprise services: resource servers with scopes of their own. */
public final class ServiceResource extends RowResource<ApplicationRow> {
  /** The most scopes that a service has. */
  public static final int MAX_SCOPES = 1000;

  private static final List<String> IMMUTABLE =
      List.of("service_id", "audience", "scopes", "builtin", "created_at", "updated_at");

  private final Identifiers identifiers;
  private final License license;

  public ServiceResource(
      Transactions transactions, RegistryWriter writer, Identifiers identifiers, License license) {
    super(transactions, writer, Owner.SERVICE.segment());
    this.identifiers = identifiers;
    this.license = license;
  }

  public AdminResponse create(AdminRequest request) {
    JsonFields body = request.body();
    String audience = body.requireText("audience");
    List<Scope> scopes = scopes(body.objects("scopes"));
    Settings settings = settings(body);
    body.finish();

    String serviceId = identifiers.newServiceId();
    return writer.write(
        request,
        statements -> {
          new ApplicationTable(statements).insert(serviceId, Kind.SERVICE, audience, settings);
          if (!scopes.isEmpty()) {
            new ScopeTable(statements).insert(serviceId, scopes);
          }
          license.check(statements);
          return created(
              Owner.SERVICE.require(statements, serviceId), Owner.SERVICE.segment(), serviceId);
        });
  }

  @Override
  protected List<ApplicationRow> rows(Statements statements, AdminRequest request, Page page) {
    var filter =
        new ApplicationTable.Filter(
            request.query().find("name"), null, request.query().find("audience"));
    return new ApplicationTable(statements)
        .list(Kind.SERVICE, filter, page.after(), page.rowsToRead());
  }

  @Override
  protected ApplicationRow require(Statements statements, AdminRequest request) {
    return Owner.SERVICE.require(statements, request);
  }

  @Override
  protected void remove(Statements statements, AdminRequest request) {
    new ApplicationTable(statements).delete(Owner.SERVICE.id(request));
  }

  public AdminResponse patch(AdminRequest request) {
    JsonFields body = request.body();
    Immutable immutable = new Immutable(body, IMMUTABLE);
    String name = body.findText("name");
    Patched<Integer> ttl = body.patchedInteger(TTL);
    Patched<String> alg = body.patchedText(ALG);
    body.finish();

    return patch(
        request,
        immutable,
        (statements, row) -> {
          Settings present = row.settings();
          Settings settings =
              settings(
                  name == null ? present.name() : name,
                  present.status(),
                  ttl.over(present.accessTokenTtlSeconds(), TokenSettings.effectiveTtl(present)),
                  alg.over(present.signingAlg(), TokenSettings.effectiveAlg(present)));
          if (!settings.equals(present)) {
            new ApplicationTable(statements).update(row.id(), settings);
          }
        });
  }

  /** The settings of a new service. */
  public static Settings settings(JsonFields body) {
    return settings(body.requireText("name"), "active", body.findInteger(TTL), body.findText(ALG));
  }

  // What else an application has is not for services.
  private static Settings settings(
      String name, String status, @Nullable Integer ttlSeconds, @Nullable String alg) {
    return new Settings(name, status, ttlSeconds, alg, "issuer", null, null);
  }

  /** The scopes of a new service. */
  public static List<Scope> scopes(List<JsonFields> bodies) {
    List<Scope> scopes = new ArrayList<>();
    Set<String> values = new HashSet<>();
    for (JsonFields body : bodies) {
      String value = body.requireText("value");
      if (!value.isEmpty() && !values.add(value)) {
        body.fault("value", "stands there twice");
      }
      scopes.add(new Scope(value, body.findText("name")));
    }
    return scopes;
  }

  @Override
  protected ObjectNode json(ApplicationRow row) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("service_id", row.id());
    json.put("name", row.settings().name());
    json.put("audience", row.audience());
    ArrayNode scopes = json.putArray("scopes");
    for (Scope scope : row.scopes()) {
      scopes.addObject().put("value", scope.value()).put("name", scope.name());
    }
    json.put(TTL, TokenSettings.effectiveTtl(row.settings()));
    json.put(ALG, TokenSettings.effectiveAlg(row.settings()));
    if (row.builtin()) {
      json.put("builtin", true);
    }
    json.put("created_at", Rfc3339.format(row.meta().createdAt()));
    json.put("updated_at", Rfc3339.format(row.meta().updatedAt()));
    return json;
  }
}
