package io.postern.admin.operations;

import static io.postern.admin.registry.Owner.CLIENT_ID;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.postern.admin.protocol.AdminRequest;
import io.postern.admin.protocol.AdminResponse;
import io.postern.admin.protocol.JsonFields;
import io.postern.admin.protocol.Rfc3339;
import io.postern.grant.AccessExplanation;
import io.postern.grant.AccessExplanation.Reason;
import io.postern.grant.AccessExplanation.ScopeReason;
import io.postern.grant.ProtectedResource;
import io.postern.oauth.Refusal;
import io.postern.store.database.DatabaseUnavailableException;
import io.postern.store.database.Transactions;
import io.postern.store.registry.ScopeTable;
import io.postern.vault.Access;
import io.postern.vault.CredentialExplanation;
import io.postern.vault.VaultRefusal;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the token endpoint would decide, and why: which its own answers do not tell. Decided from
 * memory; the database is asked only whether a scope that is not granted exists.
 */
public final class ExplainResource {
  private static final Logger LOG = LoggerFactory.getLogger(ExplainResource.class);

  private final Transactions transactions;
  private final AccessExplainer explainer;
  private final BooleanSupplier databaseAway;

  public ExplainResource(
      Transactions transactions, AccessExplainer explainer, BooleanSupplier databaseAway) {
    this.transactions = transactions;
    this.explainer = explainer;
    this.databaseAway = databaseAway;
  }

  public AdminResponse explain(AdminRequest request) {
    JsonFields body = request.body();
    String clientId = body.requireText(CLIENT_ID);
    String audience = body.findText("audience");
    String resource = body.findText("resource");
    String scope = body.findText("scope");
    String credential = body.findText("credential");
    if (credential != null && (audience != null || resource != null)) {
      body.fault("credential", "stands in place of audience and resource");
    }
    body.finish();

    if (credential != null) {
      CredentialExplanation explanation =
          explainer.explainCredential(clientId, credential, orEmpty(scope));
      return AdminResponse.ok(
          json(clientId, explanation.token()).set("credential", json(explanation)));
    }
    AccessExplanation explanation =
        explainer.explain(clientId, orEmpty(audience), orEmpty(resource), orEmpty(scope));
    return AdminResponse.ok(json(clientId, explanation));
  }

  private static ObjectNode json(CredentialExplanation explanation) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("identifier", explanation.identifier());
    json.put("credential_id", explanation.credentialId());
    json.set(Access.OBTAIN.value(), json(explanation.obtain()));
    json.set(Access.RELAY.value(), json(explanation.relay()));
    return json;
  }

  private static ObjectNode json(CredentialExplanation.Way way) {
    VaultRefusal refusal = way.refusal();
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("outcome", refusal == null ? "permit" : "refuse");
    json.put("reason", refusal == null ? null : refusal.label());
    json.put("error", refusal == null ? null : refusal.errorCode());
    json.put("error_description", refusal == null ? null : refusal.description());
    json.put("retry_after", way.retryAfterSeconds());
    json.put("scope_in_token", way.inToken());
    return json;
  }

  private ObjectNode json(String clientId, AccessExplanation explanation) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put(CLIENT_ID, clientId);
    json.put("audience", explanation.audience());
    json.put("outcome", explanation.refusal() == null ? "issue" : "refuse");
    Refusal refusal = explanation.refusal();
    json.put("reason", refusal == null ? null : name(refusal));
    json.put("error", refusal == null ? null : refusal.error().code());
    json.put("error_description", refusal == null ? null : refusal.description());
    json.put("retry_after", explanation.retryAfterSeconds());
    AccessExplanation.Token token = explanation.token();
    json.put("scope", token == null ? null : token.scope());
    json.put("access_token_ttl", token == null ? null : token.ttlSeconds());
    json.put("signing_alg", token == null ? null : token.algorithm().value());
    json.put("not_before", Rfc3339.format(explanation.notBefore()));
    ArrayNode didYouMean = json.putArray("did_you_mean");
    explanation.didYouMean().forEach(didYouMean::add);
    ArrayNode scopes = json.putArray("scopes");
    Set<String> known = known(explanation);
    for (ScopeReason scope : explanation.scopes()) {
      boolean unknown = scope.reason() == Reason.NOT_GRANTED && !known.contains(scope.value());
      ObjectNode entry = scopes.addObject().put("value", scope.value());
      entry.put("reason", name(unknown ? Reason.UNKNOWN_SCOPE : scope.reason()));
      ArrayNode grantedOn = entry.putArray("granted_on");
      scope.grantedOn().forEach(grantedOn::add);
    }
    json.put("revision", explanation.revision());
    return json;
  }

  private static String orEmpty(@Nullable String text) {
    return text == null ? "" : text;
  }

  private static String name(Enum<?> reason) {
    return reason.name().toLowerCase(Locale.ROOT);
  }

  /** Which of the scopes that are not granted exist on the target; all, when nobody can say. */
  private Set<String> known(AccessExplanation explanation) {
    List<String> notGranted =
        explanation.scopes().stream()
            .filter(scope -> scope.reason() == Reason.NOT_GRANTED)
            .map(ScopeReason::value)
            .toList();
    @Nullable ProtectedResource resource = explanation.resource();
    if (notGranted.isEmpty() || resource == null || databaseAway.getAsBoolean()) {
      return Set.copyOf(notGranted);
    }
    try {
      return new ScopeTable(transactions.read()).existing(resource.id(), notGranted);
    } catch (DatabaseUnavailableException e) {
      LOG.debug("Whether a scope exists is not told", e);
      return Set.copyOf(notGranted);
    }
  }
}
