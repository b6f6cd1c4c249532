package io.postern.admin.registry;

import static io.postern.admin.registry.Targets.requireService;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.postern.admin.protocol.AdminRequest;
import io.postern.admin.protocol.AdminResponse;
import io.postern.admin.protocol.Failures;
import io.postern.admin.protocol.Immutable;
import io.postern.admin.protocol.JsonFields;
import io.postern.admin.protocol.Page;
import io.postern.admin.protocol.Patched;
import io.postern.admin.protocol.Problem;
import io.postern.admin.protocol.RegistryWriter;
import io.postern.admin.protocol.Rfc3339;
import io.postern.oauth.Scope;
import io.postern.store.database.SchemaRule;
import io.postern.store.database.Statements;
import io.postern.store.database.Transactions;
import io.postern.store.registry.ApplicationRow;
import io.postern.store.registry.ScopeRow;
import io.postern.store.registry.ScopeTable;
import java.util.List;
import java.util.Objects;

/** The scopes of a service. One that goes leaves every grant at once. */
public final class ScopeResource {
  static final String VALUE = "value";

  private static final String NAME = "name";
  private static final List<String> IMMUTABLE = List.of(VALUE, "created_at", "updated_at");

  private final Transactions transactions;
  private final RegistryWriter writer;

  public ScopeResource(Transactions transactions, RegistryWriter writer) {
    this.transactions = transactions;
    this.writer = writer;
  }

  public AdminResponse create(AdminRequest request) {
    JsonFields body = request.body();
    String value = body.requireText(VALUE);
    String name = body.findText(NAME);
    body.finish();

    return writer.write(
        request,
        statements -> {
          ApplicationRow service = requireService(statements, request);
          if (service.builtin()) {
            throw Failures.broken(SchemaRule.APPLICATION_BUILTIN).exception();
          }
          if (service.scopes().size() >= ServiceResource.MAX_SCOPES) {
            throw Problem.conflict(
                    "too-many-scopes",
                    "A service has at most " + ServiceResource.MAX_SCOPES + " scopes.")
                .exception();
          }
          new ScopeTable(statements)
              .insert(service.id(), List.of(new ApplicationRow.Scope(value, name)));
          ScopeRow row = require(statements, service, value);
          return AdminResponse.created(json(row), "services", service.id(), "scopes", value)
              .tagged(row.meta().revision());
        });
  }

  public AdminResponse list(AdminRequest request) {
    Page page = Page.of("scopes", request.query());
    Statements statements = transactions.read();
    String serviceId = requireService(statements, request).id();
    return page.response(
        new ScopeTable(statements).list(serviceId, page.after(), page.rowsToRead()),
        row -> row.meta().creationNumber(),
        ScopeResource::json);
  }

  public AdminResponse get(AdminRequest request) {
    Statements statements = transactions.read();
    ScopeRow row = require(statements, requireService(statements, request), request.path(VALUE));
    return request.show(row.meta().revision(), json(row));
  }

  public AdminResponse patch(AdminRequest request) {
    JsonFields body = request.body();
    Immutable immutable = new Immutable(body, IMMUTABLE);
    Patched<String> name = body.patchedText(NAME);
    body.finish();

    return writer.write(
        request,
        statements -> {
          ApplicationRow service = requireService(statements, request);
          ScopeRow row = require(statements, service, request.path(VALUE));
          request.requireMatch(row.meta().revision());
          immutable.check(json(row));
          if (name.given() && !Objects.equals(name.value(), row.name())) {
            new ScopeTable(statements).updateName(service.id(), row.value(), name.value());
          }
          ScopeRow changed = require(statements, service, row.value());
          return AdminResponse.ok(json(changed)).tagged(changed.meta().revision());
        });
  }

  public AdminResponse delete(AdminRequest request) {
    return writer.write(
        request,
        statements -> {
          ApplicationRow service = requireService(statements, request);
          ScopeRow row = require(statements, service, request.path(VALUE));
          request.requireMatch(row.meta().revision());
          new ScopeTable(statements).delete(service.id(), row.value());
          return AdminResponse.noContent();
        });
  }

  private static ScopeRow require(Statements statements, ApplicationRow service, String value) {
    boolean possible = Scope.isValid(value);
    return Targets.require(
        possible ? new ScopeTable(statements).find(service.id(), value) : null, "scope");
  }

  private static ObjectNode json(ScopeRow row) {
    return JsonNodeFactory.instance
        .objectNode()
        .put(VALUE, row.value())
        .put(NAME, row.name())
        .put("created_at", Rfc3339.format(row.meta().createdAt()))
        .put("updated_at", Rfc3339.format(row.meta().updatedAt()));
  }
}
