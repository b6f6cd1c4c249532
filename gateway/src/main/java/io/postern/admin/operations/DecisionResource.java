package io.postern.admin.operations;

import static io.postern.admin.registry.Owner.CLIENT_ID;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.postern.admin.protocol.AdminRequest;
import io.postern.admin.protocol.AdminResponse;
import io.postern.admin.protocol.Page;
import io.postern.admin.protocol.Problem;
import io.postern.admin.protocol.Query;
import io.postern.admin.protocol.Rfc3339;
import io.postern.decision.DecisionEvent;
import io.postern.decision.DecisionEvent.Result;
import io.postern.decision.DecisionMemory;
import io.postern.decision.RefusalReasons;
import io.postern.decision.RememberedDecision;
import io.postern.oauth.InactiveReason;
import io.postern.oauth.RefusalReason;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The last decisions of this gateway, from memory; newest first. */
public final class DecisionResource {
  static final String DECISION_ID = "decision_id";
  static final String OUTCOME = "outcome";
  static final String REASON = "reason";
  static final String AFTER = "after";

  // some say of a relay and of a token the same
  private static final Set<String> REASONS =
      Stream.concat(
              RefusalReasons.ALL.stream().map(RefusalReason::label),
              Arrays.stream(InactiveReason.values()).map(InactiveReason::label))
          .collect(Collectors.toCollection(LinkedHashSet::new));

  private final DecisionMemory memory;

  public DecisionResource(DecisionMemory memory) {
    this.memory = memory;
  }

  public AdminResponse list(AdminRequest request) {
    requireMemory();
    Query query = request.query();
    Page page = Page.of("decisions", query);
    String after = query.find(AFTER);
    return page.response(
        memory.list(
            wanted(query),
            after == null ? 0 : Long.parseLong(after),
            page.after(),
            page.rowsToRead()),
        RememberedDecision::number,
        DecisionResource::json);
  }

  public AdminResponse get(AdminRequest request) {
    requireMemory();
    RememberedDecision decision = memory.find(request.path(DECISION_ID));
    if (decision == null) {
      throw Problem.notFound(
              "This gateway does not remember such a decision: it is forgotten, was made before the"
                  + " last start, or by another gateway.")
          .exception();
    }
    return AdminResponse.ok(json(decision));
  }

  private void requireMemory() {
    if (memory.isOff()) {
      throw Problem.notFound(
              "This gateway keeps no decisions in memory: POSTERN_DECISION_MEMORY is 0.")
          .exception();
    }
  }

  private static Predicate<DecisionEvent> wanted(Query query) {
    String clientId = query.find(CLIENT_ID);
    String outcome = query.find(OUTCOME);
    String reason = reason(query);
    return event ->
        (clientId == null || clientId.equals(event.clientId()))
            && (outcome == null || outcome.equals(event.result().outcome()))
            && (reason == null || reason.equals(reasonOf(event.result())));
  }

  private static @Nullable String reasonOf(Result result) {
    InactiveReason inactive = result.inactive();
    return result instanceof Result.Refused refused
        ? refused.reason().label()
        : inactive == null ? null : inactive.label();
  }

  private static @Nullable String reason(Query query) {
    String label = query.find(REASON);
    if (label != null && !REASONS.contains(label)) {
      throw query.invalid(REASON, "is none of " + String.join(", ", REASONS));
    }
    return label;
  }

  private static ObjectNode json(RememberedDecision decision) {
    DecisionEvent event = decision.event();
    RefusalReason refusal =
        event.result() instanceof Result.Refused refused ? refused.reason() : null;
    Result.Issued token = event.result() instanceof Result.Issued issued ? issued : null;
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("number", decision.number())
        .put("time", Rfc3339.format(event.time().truncatedTo(ChronoUnit.MICROS)))
        .put(DECISION_ID, event.decisionId())
        .put("operation", event.operation().label())
        .put(OUTCOME, event.result().outcome())
        .put(REASON, refusal == null ? null : refusal.label())
        .put("error", refusal == null ? null : refusal.errorCode())
        .put("error_description", refusal == null ? null : refusal.description())
        .put(CLIENT_ID, event.authenticated() ? event.clientId() : null)
        .put("claimed_client_id", event.authenticated() ? null : event.clientId())
        .put("auth_method", event.method() == null ? null : event.method().value())
        .put("audience_asked", event.audienceAsked())
        .put("scope_asked", event.scopeAsked())
        .put("audience", token == null ? null : token.audience())
        .put("scope", token == null ? null : token.scope())
        .put("alg", token == null ? null : token.algorithm().value())
        .put("kid", token == null ? null : token.kid())
        .put("jti", token == null ? null : token.jti())
        .put(
            "expires_at",
            token == null ? null : Rfc3339.format(Instant.ofEpochSecond(token.expiresAt())))
        .put("source", event.source())
        .put("latency_micros", event.latencyNanos() / 1000)
        .put("revision", event.revision())
        .put("trace_id", event.traceId());
    if (token != null && token.isOversized()) {
      json.put("oversized_token_bytes", token.tokenBytes());
    }
    addPresented(json, event.result());
    addCredential(json, event);
    return json;
  }

  /** What there is to tell of a token that was presented. */
  private static void addPresented(ObjectNode json, Result result) {
    if (result instanceof Result.Introspected introspected) {
      json.put("active", introspected.inactive() == null);
    }
    InactiveReason inactive = result.inactive();
    if (inactive != null) {
      json.put(REASON, inactive.label());
    }
    DecisionEvent.Presented token = result.presented();
    if (token != null) {
      json.put("token_client_id", token.clientId())
          .put("audience", token.audience())
          .put("scope", token.scope())
          .put("jti", token.jti())
          .put("expires_at", Rfc3339.format(Instant.ofEpochSecond(token.expiresAt())));
    }
  }

  /** What there is to tell of hosted credentials alone. */
  private static void addCredential(ObjectNode json, DecisionEvent event) {
    if (event.credentialAsked() != null) {
      json.put("credential_asked", event.credentialAsked());
    }
    if (event.result() instanceof Result.Obtained obtained) {
      json.put("credential_id", obtained.credentialId()).put("key_id", obtained.keyId());
    }
    Result.Relayed relayed = event.result().relayed();
    if (relayed != null) {
      json.put("credential_id", relayed.credentialId())
          .put("http_method", relayed.httpMethod())
          .put("status", relayed.status())
          .put("request_bytes", relayed.requestBytes())
          .put("response_bytes", relayed.responseBytes());
      if (relayed.inputTokens() != Result.Relayed.NO_TOKENS) {
        json.put("input_tokens", relayed.inputTokens());
        json.put("output_tokens", relayed.outputTokens());
      }
    }
  }
}
