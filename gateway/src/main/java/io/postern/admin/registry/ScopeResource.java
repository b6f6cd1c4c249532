package io.postern.admin.registry;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.postern.admin.protocol.AdminRequest;
import io.postern.admin.protocol.AdminResponse;
import io.postern.admin.protocol.Failures;
import io.postern.admin.protocol.Immutable;
import io.postern.admin.protocol.JsonFields;
import io.postern.admin.protocol.Patched;
import io.postern.admin.protocol.Problem;
import io.postern.admin.protocol.RegistryWriter;
import io.postern.admin.protocol.Rfc3339;
import io.postern.store.database.SchemaRule;
import io.postern.store.database.Statements;
import io.postern.store.database.Transactions;
import io.postern.store.registry.ApplicationRow;
import io.postern.store.registry.ScopeRow;
import io.postern.store.registry.ScopeTable;
import java.util.List;
import java.util.Objects;

/** The scopes of a service. One that goes leaves every grant at once. */
public final class ScopeResource extends OwnedResource<ScopeRow> {
  static final String VALUE = "value";

  private static final String NAME = "name";
  private static final List<String> IMMUTABLE = List.of(VALUE, "created_at", "updated_at");

  public ScopeResource(Transactions transactions, RegistryWriter writer) {
    super(transactions, writer, Owner.SERVICE, new Noun("scope", "scopes", VALUE));
  }

  public AdminResponse create(AdminRequest request) {
    JsonFields body = request.body();
    String value = body.requireText(VALUE);
    String name = body.findText(NAME);
    body.finish();

    return writer.write(
        request,
        statements -> {
          ApplicationRow service = owner.require(statements, request);
          if (service.builtin()) {
            throw Failures.broken(SchemaRule.APPLICATION_BUILTIN).exception();
          }
          if (service.scopes().size() >= ServiceResource.MAX_SCOPES) {
            throw Problem.conflict(
                    "too-many-scopes",
                    "A service has at most " + ServiceResource.MAX_SCOPES + " scopes.")
                .exception();
          }
          table(statements).insert(service.id(), List.of(new ApplicationRow.Scope(value, name)));
          return created(statements, service.id(), value);
        });
  }

  public AdminResponse patch(AdminRequest request) {
    JsonFields body = request.body();
    Immutable immutable = new Immutable(body, IMMUTABLE);
    Patched<String> name = body.patchedText(NAME);
    body.finish();

    return patch(
        request,
        immutable,
        (statements, row) -> {
          if (name.given() && !Objects.equals(name.value(), row.name())) {
            table(statements).updateName(owner.id(request), row.value(), name.value());
          }
        });
  }

  @Override
  protected ScopeTable table(Statements statements) {
    return new ScopeTable(statements);
  }

  @Override
  protected ObjectNode json(ScopeRow row) {
    return JsonNodeFactory.instance
        .objectNode()
        .put(VALUE, row.value())
        .put(NAME, row.name())
        .put("created_at", Rfc3339.format(row.meta().createdAt()))
        .put("updated_at", Rfc3339.format(row.meta().updatedAt()));
  }
}
