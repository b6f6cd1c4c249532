package io.postern.http;

import io.postern.decision.DecisionEvent;
import io.postern.grant.Expiry;
import io.postern.index.GrantIndex;
import io.postern.oauth.JsonText;
import io.postern.vault.Access;
import io.postern.vault.CredentialKind;
import io.postern.vault.HostedCredential;
import io.postern.vault.VaultRefusal;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Hands hosted credentials to agents that are linked to them. One for each event loop. */
public final class ObtainEndpoint {
  private static final String PATH = "/vault/v1/credentials/";

  private final GrantIndex index;
  private final VaultAccess access;
  private final HandedValues values;
  private final Decisions decisions;
  private final ClientSource clientSource;
  private final Clock clock;

  /**
   * @param access the event loop's own, as are the decisions
   */
  public ObtainEndpoint(
      GrantIndex index,
      VaultAccess access,
      HandedValues values,
      Decisions decisions,
      ClientSource clientSource,
      Clock clock) {
    this.index = index;
    this.access = access;
    this.values = values;
    this.decisions = decisions;
    this.clientSource = clientSource;
    this.clock = clock;
  }

  /** Binds the route. */
  public void mount(PublicRoutes routes) {
    routes.allBelow(PATH, this::handle);
  }

  private void handle(HttpServerRequest request, String identifier) {
    VaultExchange exchange =
        new VaultExchange(
            request,
            decisions,
            DecisionEvent.Operation.OBTAIN,
            identifier,
            index.image(),
            clientSource.addressOf(request),
            clock.instant());
    try {
      obtain(exchange);
    } catch (RuntimeException e) {
      exchange.fail(e, null);
    }
  }

  private void obtain(VaultExchange exchange) {
    HttpServerRequest request = exchange.request();
    if (!request.method().equals(HttpMethod.GET)) {
      exchange.refuse(VaultRefusal.METHOD_NOT_ALLOWED, null, 0);
      return;
    }
    List<String> authorization = request.headers().getAll(HttpHeaders.AUTHORIZATION);
    if (authorization.size() > 1) {
      // RFC 6750 §3.1: a repeated way of sending a token is invalid_request
      exchange.refuse(VaultRefusal.SEVERAL_TOKENS, null, 0);
      return;
    }
    String token = authorization.isEmpty() ? null : BearerToken.find(authorization.getFirst());
    switch (access.admit(
        exchange.image(),
        token,
        exchange.identifier(),
        Access.OBTAIN,
        exchange.time(),
        exchange.startNanos())) {
      case VaultAccess.Admission.Refused refused ->
          exchange.refuse(refused.reason(), refused.clientId(), refused.retryAfterSeconds());
      case VaultAccess.Admission.Admitted admitted ->
          handOver(exchange, admitted.credential(), admitted.agent().clientId());
    }
  }

  private void handOver(VaultExchange exchange, HostedCredential credential, String clientId) {
    values
        .get(credential, exchange.time())
        .onSuccess(handed -> handOver(exchange, credential, clientId, handed))
        .onFailure(e -> exchange.fail(e, clientId));
  }

  private static void handOver(
      VaultExchange exchange, HostedCredential credential, String clientId, HandedValue handed) {
    switch (handed) {
      case HandedValue.Unavailable none ->
          exchange.refuse(none.reason(), clientId, none.retryAfterSeconds());
      case HandedValue.Value value ->
          exchange.succeed(
              json(credential, value),
              new DecisionEvent.Result.Obtained(credential.id(), credential.keyId()),
              clientId);
    }
  }

  private static String json(HostedCredential credential, HandedValue.Value value) {
    StringBuilder json = new StringBuilder(256);
    JsonText.appendString(json.append("{\"identifier\":"), credential.identifier());
    json.append(",\"kind\":\"").append(credential.kind().value()).append('"');
    boolean isToken = credential.kind() == CredentialKind.OAUTH_CLIENT;
    append(json, isToken ? "access_token" : "value", value.value());
    append(json, "token_type", value.tokenType());
    append(json, "key_id", isToken ? null : credential.keyId());
    append(json, "scope", value.scope());
    Instant expiresAt =
        value.expiresAt() != null
            ? value.expiresAt()
            : credential.expiryMicros() == Expiry.NEVER ? null : instant(credential.expiryMicros());
    append(json, "expires_at", expiresAt == null ? null : expiresAt.toString());
    return json.append('}').toString();
  }

  private static void append(StringBuilder json, String member, @Nullable String text) {
    if (text != null) {
      JsonText.appendString(json.append(",\"").append(member).append("\":"), text);
    }
  }

  private static Instant instant(long micros) {
    return Instant.ofEpochSecond(
        Math.floorDiv(micros, TimeUnit.SECONDS.toMicros(1)),
        TimeUnit.MICROSECONDS.toNanos(Math.floorMod(micros, TimeUnit.SECONDS.toMicros(1))));
  }
}
