package io.postern.decision;

import io.postern.oauth.InactiveReason;
import io.postern.oauth.JsonText;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An event as one line of JSON in ASCII; {@code manual/decisions.md} lists its members. What has no
 * value is left out. Confined to one thread.
 */
final class DecisionJson {
  // most events are of the same second as the one before, and their tokens end in the same
  private final LastSecond happened = new LastSecond();
  private final LastSecond ends = new LastSecond();

  /** Appends the object, without a line end. */
  void append(StringBuilder json, DecisionEvent event) {
    json.append("{\"time\":\"");
    appendTime(json, event.time());
    json.append("\",\"decision_id\":\"").append(event.decisionId()).append('"');
    if (event.operation() != DecisionEvent.Operation.TOKEN) {
      json.append(",\"operation\":\"").append(event.operation().label()).append('"');
    }
    json.append(",\"outcome\":\"").append(event.result().outcome()).append('"');
    if (event.result() instanceof DecisionEvent.Result.Refused refused) {
      json.append(",\"reason\":\"").append(refused.reason().label());
      json.append("\",\"error\":\"").append(refused.reason().errorCode()).append('"');
    }
    appendText(json, event.authenticated() ? "client_id" : "claimed_client_id", event.clientId());
    if (event.method() != null) {
      json.append(",\"auth_method\":\"").append(event.method().value()).append('"');
    }
    appendText(json, "audience_asked", event.audienceAsked());
    appendText(json, "scope_asked", event.scopeAsked());
    appendText(json, "credential_asked", event.credentialAsked());
    switch (event.result()) {
      case DecisionEvent.Result.Issued issued -> append(json, issued);
      case DecisionEvent.Result.Obtained obtained -> {
        appendText(json, "credential_id", obtained.credentialId());
        appendText(json, "key_id", obtained.keyId());
      }
      case DecisionEvent.Result.Relayed ignored -> {}
      case DecisionEvent.Result.Introspected introspected -> {
        json.append(",\"active\":").append(introspected.inactive() == null);
        append(json, introspected.inactive(), introspected.token());
      }
      case DecisionEvent.Result.Revoked revoked ->
          append(json, revoked.inactive(), revoked.token());
      case DecisionEvent.Result.Refused ignored -> {}
    }
    DecisionEvent.Result.Relayed relayed = event.result().relayed();
    if (relayed != null) {
      append(json, relayed);
    }
    appendText(json, "source", event.source());
    json.append(",\"latency_micros\":").append(event.latencyNanos() / 1000);
    json.append(",\"revision\":").append(event.revision());
    appendText(json, "trace_id", event.traceId());
    json.append('}');
  }

  private void append(StringBuilder json, DecisionEvent.Result.Issued issued) {
    appendText(json, "audience", issued.audience());
    appendText(json, "scope", issued.scope());
    json.append(",\"alg\":\"").append(issued.algorithm().value()).append('"');
    appendText(json, "kid", issued.kid());
    appendText(json, "jti", issued.jti());
    json.append(",\"expires_at\":\"");
    json.append(ends.text(issued.expiresAt())).append("Z\"");
    if (issued.isOversized()) {
      json.append(",\"oversized_token_bytes\":").append(issued.tokenBytes());
    }
  }

  private void append(
      StringBuilder json,
      @Nullable InactiveReason inactive,
      DecisionEvent.@Nullable Presented token) {
    if (inactive != null) {
      json.append(",\"reason\":\"").append(inactive.label()).append('"');
    }
    if (token != null) {
      appendText(json, "token_client_id", token.clientId());
      appendText(json, "audience", token.audience());
      appendText(json, "scope", token.scope());
      appendText(json, "jti", token.jti());
      json.append(",\"expires_at\":\"").append(ends.text(token.expiresAt())).append("Z\"");
    }
  }

  private static void append(StringBuilder json, DecisionEvent.Result.Relayed relayed) {
    appendText(json, "credential_id", relayed.credentialId());
    appendText(json, "http_method", relayed.httpMethod());
    json.append(",\"status\":").append(relayed.status());
    json.append(",\"request_bytes\":").append(relayed.requestBytes());
    json.append(",\"response_bytes\":").append(relayed.responseBytes());
    if (relayed.inputTokens() != DecisionEvent.Result.Relayed.NO_TOKENS) {
      json.append(",\"input_tokens\":").append(relayed.inputTokens());
      json.append(",\"output_tokens\":").append(relayed.outputTokens());
    }
  }

  private static void appendText(StringBuilder json, String member, @Nullable String text) {
    if (text != null) {
      JsonText.appendAsciiString(json.append(",\"").append(member).append("\":"), text);
    }
  }

  // RFC 3339 in UTC, always with six digits of the second, so that the lines sort by it
  private void appendTime(StringBuilder json, Instant time) {
    json.append(happened.text(time.getEpochSecond())).append('.');
    int micros = time.getNano() / 1000;
    for (int unit = 100_000; unit > 1 && micros < unit; unit /= 10) {
      json.append('0');
    }
    json.append(micros).append('Z');
  }

  /** The text of a second in UTC, without the Z; kept until another is asked for. */
  private static final class LastSecond {
    private long epochSecond = Long.MIN_VALUE;
    private String text = "";

    String text(long wanted) {
      if (wanted != epochSecond) {
        String whole = Instant.ofEpochSecond(wanted).toString();
        text = whole.substring(0, whole.length() - 1);
        epochSecond = wanted;
      }
      return text;
    }
  }
}
