package io.postern.admin.revocation;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.postern.decision.DecisionEvent;
import io.postern.decision.DecisionEvent.Result.Issued;
import io.postern.decision.DecisionMemory;
import io.postern.store.database.Statements;
import io.postern.store.registry.Edge;
import io.postern.store.registry.GrantTable;
import io.postern.store.vault.CredentialLinkTable;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiPredicate;

/**
 * Who and what a revocation affects: the neighbours whose calls will be refused, and about how many
 * tokens live. No token is stored, so these are the ones that this gateway remembers to have issued
 * and that have not expired: of several gateways each has issued its share, and of a busy one only
 * the last are remembered.
 */
final class Affected {
  private static final int MOST_NEIGHBOURS = 100;
  private static final int MOST_DECISIONS = 100_000;

  private Affected() {}

  static ObjectNode ofAgent(
      Statements statements, DecisionMemory decisions, String clientId, Instant now) {
    List<Edge> edges = new ArrayList<>(edges(statements, clientId, true));
    Edge vault = new CredentialLinkTable(statements).findVaultGrant(clientId);
    if (vault != null) {
      edges.addFirst(vault);
    }
    return json(edges, count(decisions, now, (event, issued) -> clientId.equals(event.clientId())));
  }

  static ObjectNode ofService(
      Statements statements,
      DecisionMemory decisions,
      String serviceId,
      String audience,
      Instant now) {
    return json(
        edges(statements, serviceId, false),
        count(decisions, now, (event, issued) -> issued.audience().equals(audience)));
  }

  static ObjectNode ofToken(DecisionMemory decisions, String jti, Instant now) {
    return json(List.of(), count(decisions, now, (event, issued) -> issued.jti().equals(jti)));
  }

  private static List<Edge> edges(Statements statements, String id, boolean outbound) {
    List<Edge> found = new ArrayList<>();
    long after = 0;
    List<Edge> page;
    do {
      page = new GrantTable(statements).edges(id, after, MOST_NEIGHBOURS);
      page.stream().filter(edge -> edge.outbound() == outbound).forEach(found::add);
      after = page.isEmpty() ? after : page.getLast().creationNumber();
    } while (page.size() == MOST_NEIGHBOURS && found.size() <= MOST_NEIGHBOURS);
    return found;
  }

  private static long count(
      DecisionMemory decisions, Instant now, BiPredicate<DecisionEvent, Issued> affected) {
    return decisions
        .list(
            event ->
                event.result() instanceof Issued issued
                    && issued.expiresAt() > now.getEpochSecond()
                    && affected.test(event, issued),
            0,
            0,
            MOST_DECISIONS)
        .size();
  }

  private static ObjectNode json(List<Edge> edges, long liveTokens) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("live_tokens", liveTokens);
    ArrayNode neighbours = json.putArray("neighbours");
    for (Edge edge : edges.subList(0, Math.min(edges.size(), MOST_NEIGHBOURS))) {
      ObjectNode neighbour = neighbours.addObject();
      neighbour.put("id", edge.other().id());
      neighbour.put("type", edge.other().kind());
      neighbour.put("name", edge.other().name());
      neighbour.put("audience", edge.other().audience());
      ArrayNode scopes = neighbour.putArray("scopes");
      edge.scopes().forEach(scopes::add);
    }
    json.put("more_neighbours", edges.size() > MOST_NEIGHBOURS);
    return json;
  }
}
