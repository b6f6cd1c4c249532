package io.postern.relay;

import io.postern.decision.DecisionEvent;
import io.postern.http.ClientSource;
import io.postern.http.Decisions;
import io.postern.http.OpenConnections;
import io.postern.http.PublicRoutes;
import io.postern.http.VaultAccess;
import io.postern.http.VaultExchange;
import io.postern.index.GrantIndex;
import io.postern.vault.Access;
import io.postern.vault.RelayTarget;
import io.postern.vault.VaultRefusal;
import io.vertx.core.Context;
import io.vertx.core.http.HttpServerRequest;
import java.time.Clock;

/**
 * Calls the services of hosted credentials for agents that are linked to them: {@code
 * /relay/{identifier}/{rest}}, any method. One for each event loop.
 *
 * <p>It is made of Vert.x's HTTP client and two pipes rather than of its HTTP proxy, which does
 * little of what is needed here; {@code gateway/DESIGN.md} says what.
 */
public final class RelayEndpoint {
  private static final String PATH = "/relay/";
  private static final int RETRY_SECONDS = 1;

  private final GrantIndex index;
  private final VaultAccess access;
  private final Decisions decisions;
  private final ClientSource clientSource;
  private final Clock clock;
  private final Relay relay;

  /**
   * @param access the event loop's own, as are the decisions and the connections
   * @param context of the event loop, on which this is called
   */
  public RelayEndpoint(
      GrantIndex index,
      VaultAccess access,
      Decisions decisions,
      ClientSource clientSource,
      Clock clock,
      RelayParts parts,
      Context context,
      OpenConnections connections) {
    this.index = index;
    this.access = access;
    this.decisions = decisions;
    this.clientSource = clientSource;
    this.clock = clock;
    this.relay = new Relay(parts, context, connections);
  }

  /** Binds the route. */
  public void mount(PublicRoutes routes) {
    routes.allBelow(PATH, this::handle);
  }

  private void handle(HttpServerRequest request, String path) {
    int slash = path.indexOf('/');
    VaultExchange exchange =
        new VaultExchange(
            request,
            decisions,
            DecisionEvent.Operation.RELAY,
            slash < 0 ? path : path.substring(0, slash),
            index.image(),
            clientSource.addressOf(request),
            clock.instant());
    try {
      admit(exchange, slash < 0 ? "" : path.substring(slash));
    } catch (RuntimeException e) {
      exchange.fail(e, null);
    }
  }

  private void admit(VaultExchange exchange, String rest) {
    AgentToken token = AgentToken.of(exchange.request().headers());
    if (token.several()) {
      exchange.refuse(VaultRefusal.SEVERAL_TOKENS, null, 0);
      return;
    }
    switch (access.admit(
        exchange.image(),
        token.value(),
        exchange.identifier(),
        Access.RELAY,
        exchange.time(),
        exchange.startNanos())) {
      case VaultAccess.Admission.Refused refused ->
          exchange.refuse(refused.reason(), refused.clientId(), refused.retryAfterSeconds());
      case VaultAccess.Admission.Admitted admitted -> call(exchange, rest, admitted);
    }
  }

  private void call(VaultExchange exchange, String rest, VaultAccess.Admission.Admitted admitted) {
    String clientId = admitted.agent().clientId();
    RelayTarget target = admitted.credential().target();
    if (target == null) {
      exchange.refuse(VaultRefusal.NO_TARGET, clientId, 0);
      return;
    }
    switch (TargetRequest.of(exchange.request(), rest, target, relay.settings().allowHttp())) {
      case TargetRequest.Refused refused -> exchange.refuse(refused.reason(), clientId, 0);
      case TargetRequest.Allowed allowed -> {
        if (relay.tryBegin()) {
          new RelayedCall(
                  exchange, relay, new Relay.Admitted(clientId, admitted.credential(), allowed))
              .start();
        } else {
          exchange.refuse(VaultRefusal.TOO_MANY_AT_ONCE, clientId, RETRY_SECONDS);
        }
      }
    }
  }
}
