package io.postern.admin.registry;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.postern.admin.protocol.AdminPath;
import io.postern.admin.protocol.AdminRequest;
import io.postern.admin.protocol.AdminResponse;
import io.postern.admin.protocol.JsonFields;
import io.postern.admin.protocol.Problem;
import io.postern.admin.protocol.RegistryWriter;
import io.postern.admin.protocol.Rfc3339;
import io.postern.crypto.CryptoProvider;
import io.postern.crypto.SecretHashKey;
import io.postern.store.database.Statements;
import io.postern.store.database.Transactions;
import io.postern.store.registry.SecretRow;
import io.postern.store.registry.SecretTable;
import java.time.Clock;
import java.time.Instant;
import java.util.function.Supplier;

/** The client secrets of an application. A value is shown once, when it is made, and not kept. */
public final class SecretResource extends OwnedResource<SecretRow> {
  static final String SECRET_ID = "secret_id";

  private static final int MAX_LIVE_SECRETS = 20;

  private final Supplier<SecretHashKey> presentHashKey;
  private final CryptoProvider provider;
  private final Identifiers identifiers;
  private final Clock clock;

  /**
   * @param owner whose secrets they are
   * @param presentHashKey the key under which new secrets are hashed now
   */
  public SecretResource(
      Transactions transactions,
      RegistryWriter writer,
      Owner owner,
      Supplier<SecretHashKey> presentHashKey,
      CryptoProvider provider,
      Identifiers identifiers,
      Clock clock) {
    super(transactions, writer, owner, new Noun("secret", "secrets", SECRET_ID));
    this.presentHashKey = presentHashKey;
    this.provider = provider;
    this.identifiers = identifiers;
    this.clock = clock;
  }

  public AdminResponse create(AdminRequest request) {
    JsonFields body = request.body();
    String description = body.findText("description");
    Instant expiresAt = body.findTimeAfter("expires_at", clock.instant());
    body.finish();

    String secretId = identifiers.newSecretId();
    String secret = identifiers.newClientSecret();
    SecretHashKey hashKey = presentHashKey.get();
    byte[] hash = hashKey.hash(provider, secret);
    return writer.write(
        request,
        statements -> {
          String clientId = owner.require(statements, request).id();
          if (table(statements).countLive(clientId) >= MAX_LIVE_SECRETS) {
            throw Problem.conflict(
                    "too-many-secrets",
                    owner.one() + " has at most " + MAX_LIVE_SECRETS + " secrets.")
                .exception();
          }
          table(statements).insert(clientId, secretId, hash, hashKey.id(), description, expiresAt);
          SecretRow row = require(statements, clientId, secretId);
          ObjectNode shown = JsonNodeFactory.instance.objectNode();
          shown.put(SECRET_ID, secretId);
          shown.put("client_secret", secret);
          shown.put("description", description);
          shown.put("created_at", Rfc3339.format(row.meta().createdAt()));
          shown.put("expires_at", Rfc3339.format(expiresAt));
          return AdminResponse.created(shown, path(clientId, secretId))
              .tagged(row.meta().revision())
              .toldOnce(shownAlready(clientId, secretId));
        });
  }

  private Problem shownAlready(String clientId, String secretId) {
    return Problem.conflict(
            "secret-shown",
            "The secret was made, and shown once: delete it and make another if it was lost.")
        .with(SECRET_ID, TextNode.valueOf(secretId))
        .header(AdminResponse.LOCATION, AdminPath.to(path(clientId, secretId)));
  }

  // Never a 304: last_used_at moves without the revision.
  @Override
  protected AdminResponse show(AdminRequest request, SecretRow row) {
    return shown(row);
  }

  @Override
  protected SecretTable table(Statements statements) {
    return new SecretTable(statements);
  }

  @Override
  protected ObjectNode json(SecretRow row) {
    return JsonNodeFactory.instance
        .objectNode()
        .put(SECRET_ID, row.secretId())
        .put("description", row.description())
        .put("created_at", Rfc3339.format(row.meta().createdAt()))
        .put("expires_at", Rfc3339.format(row.expiresAt()))
        .put("last_used_at", Rfc3339.format(row.lastUsedAt()));
  }
}
