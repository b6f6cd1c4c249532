package io.postern.admin.vault;

import static io.postern.admin.vault.CredentialResource.API_KEY;
import static io.postern.admin.vault.CredentialResource.CREDENTIAL_ID;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.postern.admin.protocol.AdminRequest;
import io.postern.admin.protocol.AdminResponse;
import io.postern.admin.protocol.JsonFields;
import io.postern.admin.protocol.Patched;
import io.postern.admin.protocol.Problem;
import io.postern.admin.protocol.RegistryWriter;
import io.postern.jose.SigningKey;
import io.postern.store.database.Statements;
import io.postern.store.vault.HostedCredentialRow;
import io.postern.store.vault.HostedCredentialRow.Settings;
import io.postern.store.vault.HostedCredentialTable;
import io.postern.store.vault.HostedValueTable;
import io.postern.vault.CredentialKind;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The values of a hosted credential: the present one is replaced, any but the last one ended. */
public final class CredentialValueResource {
  static final String VALUE_ID = "value_id";

  private static final String CLIENT_SECRET = OAuthClientJson.CLIENT_SECRET;
  private static final String NEW_KEY_PAIR = "new_key_pair";
  private static final String KEEP_UNTIL = "keep_former_until";
  private static final int MAX_VALUES = 20;

  private final RegistryWriter writer;
  private final NewValues values;
  private final Clock clock;

  public CredentialValueResource(RegistryWriter writer, NewValues values, Clock clock) {
    this.writer = writer;
    this.values = values;
    this.clock = clock;
  }

  /** What the new value is: one of the three. */
  private record Given(
      @Nullable String member,
      @Nullable String value,
      @Nullable Instant keepUntil,
      Patched<String> keyId) {}

  public AdminResponse put(AdminRequest request) {
    JsonFields body = request.body();
    Given given = given(body);
    body.finish();

    return writer.write(
        request,
        statements -> {
          HostedCredentialRow row = requireMatch(statements, request);
          String wanted = member(row);
          if (!wanted.equals(given.member)) {
            body.fault(String.valueOf(given.member), "is not for this credential, but " + wanted);
          }
          body.finish();
          replace(statements, row, given);
          return shown(statements, row.credentialId());
        });
  }

  private Given given(JsonFields body) {
    List<String> members =
        Stream.of(API_KEY, CLIENT_SECRET, NEW_KEY_PAIR)
            .filter(member -> body.find(member) != null)
            .toList();
    if (members.size() != 1) {
      body.fault("must have one of api_key, client_secret and new_key_pair");
    }
    String member = members.isEmpty() ? null : members.getFirst();
    Instant keepUntil = body.findTimeAfter(KEEP_UNTIL, clock.instant());
    if (keepUntil != null && NEW_KEY_PAIR.equals(member)) {
      body.fault(KEEP_UNTIL, "is not for key pairs: the provider knows one at a time");
    }
    return new Given(
        member,
        member == null ? null : body.findText(member),
        keepUntil,
        body.patchedText(CredentialSettings.KEY_ID));
  }

  /** The member that has the value of such a credential. */
  private static String member(HostedCredentialRow row) {
    ObjectNode client = CredentialSettings.object(row.settings().oauthClient());
    return row.kind() == CredentialKind.API_KEY || client == null
        ? API_KEY
        : OAuthClientJson.usesKeyPair(client) ? NEW_KEY_PAIR : CLIENT_SECRET;
  }

  private void replace(Statements statements, HostedCredentialRow row, Given given) {
    String id = row.credentialId();
    new HostedValueTable(statements).end(id, given.keepUntil);
    if (given.keepUntil != null && row.values().size() >= MAX_VALUES) {
      throw Problem.conflict(
              "too-many-values",
              "A credential has at most %d values: end some of the former ones."
                  .formatted(MAX_VALUES))
          .exception();
    }
    Settings settings = row.settings();
    ObjectNode client = CredentialSettings.object(settings.oauthClient());
    if (NEW_KEY_PAIR.equals(given.member) && client != null) {
      SigningKey keyPair = values.newKeyPair();
      settings =
          settings.withOAuthClient(CredentialSettings.text(NewValues.withKeyPair(client, keyPair)));
      values.insert(statements, id, keyPair);
    } else {
      values.insert(statements, id, Objects.requireNonNull(given.value, "it is one of the three"));
    }
    settings = settings.withKeyId(given.keyId.over(settings.keyId()));
    if (!settings.equals(row.settings())) {
      new HostedCredentialTable(statements).update(id, settings);
    }
  }

  public AdminResponse delete(AdminRequest request) {
    return writer.write(
        request,
        statements -> {
          HostedCredentialRow row = requireMatch(statements, request);
          String valueId = request.path(VALUE_ID);
          if (row.values().stream().noneMatch(value -> value.valueId().equals(valueId))) {
            throw Problem.notFound("The credential has no such value.").exception();
          }
          if (row.values().size() == 1) {
            throw Problem.conflict(
                    "last-value", "It is the last value: replace it, or delete the credential.")
                .exception();
          }
          HostedValueTable table = new HostedValueTable(statements);
          table.delete(row.credentialId(), valueId);
          table.keepNewest(row.credentialId());
          return AdminResponse.noContent();
        });
  }

  private static HostedCredentialRow requireMatch(Statements statements, AdminRequest request) {
    HostedCredentialRow row = CredentialResource.require(statements, request.path(CREDENTIAL_ID));
    request.requireMatch(row.meta().revision());
    return row;
  }

  private static AdminResponse shown(Statements statements, String credentialId) {
    HostedCredentialRow row = CredentialResource.require(statements, credentialId);
    return AdminResponse.ok(CredentialResource.toJson(row)).tagged(row.meta().revision());
  }
}
