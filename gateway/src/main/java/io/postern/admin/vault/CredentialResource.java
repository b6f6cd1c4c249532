package io.postern.admin.vault;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.postern.admin.protocol.AdminRequest;
import io.postern.admin.protocol.AdminResponse;
import io.postern.admin.protocol.Immutable;
import io.postern.admin.protocol.JsonFields;
import io.postern.admin.protocol.Page;
import io.postern.admin.protocol.RegistryWriter;
import io.postern.admin.protocol.Rfc3339;
import io.postern.admin.registry.Identifiers;
import io.postern.admin.registry.RowResource;
import io.postern.jose.SigningKey;
import io.postern.store.database.Statements;
import io.postern.store.database.Transactions;
import io.postern.store.vault.HostedCredentialRow;
import io.postern.store.vault.HostedCredentialRow.Settings;
import io.postern.store.vault.HostedCredentialRow.Value;
import io.postern.store.vault.HostedCredentialTable;
import io.postern.vault.BusinessType;
import io.postern.vault.CredentialKind;
import java.time.Clock;
import java.util.List;
import java.util.Objects;

/** Hosted credentials. Their values go in and are never shown. */
public final class CredentialResource extends RowResource<HostedCredentialRow> {
  static final String CREDENTIAL_ID = "credential_id";
  static final String API_KEY = "api_key";

  private static final String CREDENTIALS = "credentials";
  private static final List<String> IMMUTABLE =
      List.of(
          CREDENTIAL_ID,
          "identifier",
          "business_type",
          "kind",
          "values",
          "created_at",
          "updated_at");

  private final NewValues values;
  private final Identifiers identifiers;
  private final VaultRules rules;
  private final Clock clock;

  public CredentialResource(
      Transactions transactions,
      RegistryWriter writer,
      NewValues values,
      Identifiers identifiers,
      VaultRules rules,
      Clock clock) {
    super(transactions, writer, CREDENTIALS);
    this.values = values;
    this.identifiers = identifiers;
    this.rules = rules;
    this.clock = clock;
  }

  public AdminResponse create(AdminRequest request) {
    JsonFields body = request.body();
    String identifier = body.requireText("identifier");
    BusinessType type = BusinessType.find(body.findText("business_type"));
    String apiKey = body.findText(API_KEY);
    JsonFields clientBody = body.findObject(OAuthClientJson.MEMBER);
    if ((body.find(API_KEY) == null) == (body.find(OAuthClientJson.MEMBER) == null)) {
      body.fault("must have either api_key or oauth_client");
    }
    ObjectNode client =
        clientBody != null && body.find(OAuthClientJson.MEMBER) instanceof ObjectNode given
            ? OAuthClientJson.created(clientBody, given, rules.allowsHttp())
            : null;
    SigningKey keyPair =
        client != null && OAuthClientJson.usesKeyPair(client) ? values.newKeyPair() : null;
    Settings settings =
        CredentialSettings.created(
            body,
            client == null || keyPair == null ? client : NewValues.withKeyPair(client, keyPair),
            clock.instant(),
            rules.allowsHttp());
    body.finish();

    String secret =
        clientBody == null ? apiKey : clientBody.findText(OAuthClientJson.CLIENT_SECRET);
    String credentialId = identifiers.newCredentialId();
    return writer.write(
        request,
        statements -> {
          new HostedCredentialTable(statements)
              .insert(
                  credentialId,
                  identifier,
                  Objects.requireNonNull(type, "the contract names them"),
                  client == null ? CredentialKind.API_KEY : CredentialKind.OAUTH_CLIENT,
                  settings);
          if (keyPair != null) {
            values.insert(statements, credentialId, keyPair);
          } else {
            values.insert(
                statements, credentialId, Objects.requireNonNull(secret, "checked above"));
          }
          rules.limit().check(statements);
          return created(require(statements, credentialId), CREDENTIALS, credentialId);
        });
  }

  public AdminResponse patch(AdminRequest request) {
    JsonFields body = request.body();
    Immutable immutable = new Immutable(body, IMMUTABLE);
    CredentialSettings.Patch patch =
        CredentialSettings.patch(body, clock.instant(), rules.allowsHttp());
    body.finish();

    return patch(
        request,
        immutable,
        (statements, row) -> {
          Settings present = row.settings();
          ObjectNode target = CredentialSettings.object(present.target());
          ObjectNode newTarget = TargetJson.over(target, body, rules.allowsHttp());
          ObjectNode client = CredentialSettings.object(present.oauthClient());
          ObjectNode newClient = OAuthClientJson.over(client, body, rules.allowsHttp());
          body.finish();
          boolean sameTarget = TargetJson.shown(target).equals(TargetJson.shown(newTarget));
          boolean sameClient =
              OAuthClientJson.shown(client).equals(OAuthClientJson.shown(newClient));
          Settings settings =
              patch.over(
                  present,
                  sameTarget ? present.target() : CredentialSettings.text(newTarget),
                  sameClient ? present.oauthClient() : CredentialSettings.text(newClient));
          if (!settings.equals(present)) {
            new HostedCredentialTable(statements).update(row.credentialId(), settings);
          }
          if (!sameClient) {
            new HostedCredentialTable(statements).endProviderToken(row.credentialId());
          }
        });
  }

  @Override
  protected List<HostedCredentialRow> rows(Statements statements, AdminRequest request, Page page) {
    var filter =
        new HostedCredentialTable.Filter(
            request.query().find("name"),
            request.query().find("identifier"),
            request.query().find("business_type"));
    return new HostedCredentialTable(statements).list(filter, page.after(), page.rowsToRead());
  }

  @Override
  protected HostedCredentialRow require(Statements statements, AdminRequest request) {
    return require(statements, request.path(CREDENTIAL_ID));
  }

  static HostedCredentialRow require(Statements statements, String id) {
    return require(
        isPossible(id) ? new HostedCredentialTable(statements).find(id) : null, "credential");
  }

  @Override
  protected void remove(Statements statements, AdminRequest request) {
    new HostedCredentialTable(statements).delete(request.path(CREDENTIAL_ID));
  }

  // Never a 304: last_used_at moves without the revision.
  @Override
  protected AdminResponse show(AdminRequest request, HostedCredentialRow row) {
    return shown(row);
  }

  @Override
  protected ObjectNode json(HostedCredentialRow row) {
    return toJson(row);
  }

  static ObjectNode toJson(HostedCredentialRow row) {
    Settings settings = row.settings();
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put(CREDENTIAL_ID, row.credentialId());
    json.put("identifier", row.identifier());
    json.put("name", settings.name());
    json.put("description", settings.description());
    json.put("business_type", row.businessType().value());
    json.put("kind", row.kind().value());
    json.put(CredentialSettings.KEY_ID, settings.keyId());
    json.put("expires_at", Rfc3339.format(settings.expiresAt()));
    json.put(CredentialSettings.RATE, settings.requestsPerMinute());
    json.set("target", TargetJson.shown(CredentialSettings.object(settings.target())));
    json.set(
        OAuthClientJson.MEMBER,
        OAuthClientJson.shown(CredentialSettings.object(settings.oauthClient())));
    ArrayNode shown = json.putArray("values");
    for (Value value : row.values()) {
      shown
          .addObject()
          .put(CredentialValueResource.VALUE_ID, value.valueId())
          .put("created_at", Rfc3339.format(value.createdAt()))
          .put("expires_at", Rfc3339.format(value.expiresAt()));
    }
    json.put("created_at", Rfc3339.format(row.meta().createdAt()));
    json.put("updated_at", Rfc3339.format(row.meta().updatedAt()));
    json.put("last_used_at", Rfc3339.format(row.lastUsedAt()));
    return json;
  }
}
