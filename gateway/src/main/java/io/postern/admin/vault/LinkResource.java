package io.postern.admin.vault;

import static io.postern.admin.registry.Owner.CLIENT_ID;
import static io.postern.admin.vault.CredentialResource.CREDENTIAL_ID;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.postern.admin.protocol.AdminRequest;
import io.postern.admin.protocol.AdminResponse;
import io.postern.admin.protocol.Fault;
import io.postern.admin.protocol.JsonFields;
import io.postern.admin.protocol.Page;
import io.postern.admin.protocol.Problem;
import io.postern.admin.protocol.RegistryWriter;
import io.postern.admin.protocol.Rfc3339;
import io.postern.admin.registry.Noun;
import io.postern.admin.registry.OwnedResource;
import io.postern.admin.registry.Owner;
import io.postern.store.database.Statements;
import io.postern.store.database.Transactions;
import io.postern.store.vault.CredentialLinkRow;
import io.postern.store.vault.CredentialLinkTable;
import io.postern.store.vault.HostedCredentialRow;
import io.postern.vault.Access;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Which agents may obtain hosted credentials, or call through the relay with them. */
public final class LinkResource extends OwnedResource<CredentialLinkRow> {
  private static final String ACCESS = "access";

  private final Transactions transactions;
  private final Clock clock;

  public LinkResource(Transactions transactions, RegistryWriter writer, Clock clock) {
    super(
        transactions,
        writer,
        Owner.AGENT,
        new Noun("link to a credential", "credentials", CREDENTIAL_ID));
    this.transactions = transactions;
    this.clock = clock;
  }

  private record Wanted(
      List<String> access, @Nullable Integer requestsPerMinute, @Nullable Instant expiresAt) {}

  public AdminResponse put(AdminRequest request) {
    JsonFields body = request.body();
    List<String> access = body.texts(ACCESS);
    Wanted wanted =
        new Wanted(
            access.stream().sorted().toList(),
            body.findInteger(CredentialSettings.RATE),
            body.findTimeAfter("expires_at", clock.instant()));
    body.finish();

    return writer.write(
        request,
        statements -> {
          String clientId = owner.require(statements, request).id();
          HostedCredentialRow credential = requireCredential(statements, request);
          String credentialId = credential.credentialId();
          CredentialLinkRow present = table(statements).find(clientId, credentialId);
          request.requirePut(present == null ? null : present.meta().revision());
          int relay = access.indexOf(Access.RELAY.value());
          if (relay >= 0 && credential.settings().target() == null) {
            throw Problem.invalid(
                    List.of(Fault.at("/access/" + relay, "wants a credential with a target")))
                .exception();
          }
          put(table(statements), clientId, credentialId, present, wanted);
          return present == null
              ? created(statements, clientId, credentialId)
              : shown(require(statements, clientId, credentialId));
        });
  }

  private static void put(
      CredentialLinkTable table,
      String clientId,
      String credentialId,
      @Nullable CredentialLinkRow present,
      Wanted wanted) {
    if (present == null) {
      table.insert(
          clientId, credentialId, wanted.access, wanted.requestsPerMinute, wanted.expiresAt);
    } else if (!wanted.equals(
        new Wanted(present.access(), present.requestsPerMinute(), present.expiresAt()))) {
      table.update(
          clientId, credentialId, wanted.access, wanted.requestsPerMinute, wanted.expiresAt);
    }
  }

  /** The links to a credential, of whatever agent. */
  public AdminResponse listOfCredential(AdminRequest request) {
    Page page = Page.of("links", request.query());
    Statements statements = transactions.read();
    String credentialId = requireCredential(statements, request).credentialId();
    return page.response(
        table(statements).listOf(credentialId, page.after(), page.rowsToRead()),
        row -> row.meta().creationNumber(),
        this::json);
  }

  // Says which of the three there is not.
  @Override
  protected CredentialLinkRow require(Statements statements, AdminRequest request) {
    String clientId = owner.require(statements, request).id();
    return require(statements, clientId, requireCredential(statements, request).credentialId());
  }

  private static HostedCredentialRow requireCredential(
      Statements statements, AdminRequest request) {
    return CredentialResource.require(statements, request.path(CREDENTIAL_ID));
  }

  // Never a 304: the names move without the revision.
  @Override
  protected AdminResponse show(AdminRequest request, CredentialLinkRow row) {
    return shown(row);
  }

  @Override
  protected CredentialLinkTable table(Statements statements) {
    return new CredentialLinkTable(statements);
  }

  @Override
  protected ObjectNode json(CredentialLinkRow row) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put(CLIENT_ID, row.clientId());
    json.put("agent_name", row.agentName());
    json.put(CREDENTIAL_ID, row.credentialId());
    json.put("identifier", row.identifier());
    json.put("name", row.name());
    json.put("business_type", row.businessType());
    ArrayNode access = json.putArray(ACCESS);
    row.access().forEach(access::add);
    json.put(CredentialSettings.RATE, row.requestsPerMinute());
    json.put("expires_at", Rfc3339.format(row.expiresAt()));
    json.put("created_at", Rfc3339.format(row.meta().createdAt()));
    json.put("updated_at", Rfc3339.format(row.meta().updatedAt()));
    return json;
  }
}
