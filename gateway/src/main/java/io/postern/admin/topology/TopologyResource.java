package io.postern.admin.topology;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.postern.admin.protocol.AdminRequest;
import io.postern.admin.protocol.AdminResponse;
import io.postern.admin.protocol.Page;
import io.postern.admin.protocol.Rfc3339;
import io.postern.admin.registry.Owner;
import io.postern.store.database.Statements;
import io.postern.store.database.Transactions;
import io.postern.store.registry.ApplicationRow;
import io.postern.store.registry.Edge;
import io.postern.store.registry.GrantTable;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * An agent and its neighbours as a graph: what it may call, and who may call it. Paged by edges;
 * each page has the nodes of its edges, and always the agent's own.
 */
public final class TopologyResource {
  private final Transactions transactions;

  public TopologyResource(Transactions transactions) {
    this.transactions = transactions;
  }

  public AdminResponse get(AdminRequest request) {
    Page page = Page.ofMost("topology", request.query());
    Statements statements = transactions.read();
    ApplicationRow agent = Owner.AGENT.require(statements, request);
    List<Edge> edges =
        new GrantTable(statements).edges(agent.id(), page.after(), page.rowsToRead());

    ObjectNode body = JsonNodeFactory.instance.objectNode();
    ArrayNode nodes = body.putArray("nodes");
    ArrayNode arrows = body.putArray("edges");
    nodes.add(
        node(
            new Edge.Node(
                agent.id(),
                "agent",
                agent.settings().name(),
                agent.audience(),
                agent.settings().status())));
    Set<String> shown = new HashSet<>();
    for (Edge edge : page.rows(edges)) {
      // the same one may stand at both ends
      if (shown.add(edge.other().id())) {
        nodes.add(node(edge.other()));
      }
      arrows.add(arrow(agent.id(), edge));
    }
    body.put("next_cursor", page.nextCursor(edges, Edge::creationNumber));
    return AdminResponse.ok(body);
  }

  private static ObjectNode node(Edge.Node node) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("id", node.id())
        .put("type", node.kind())
        .put("name", node.name())
        .put("audience", node.audience())
        .put("status", node.status());
  }

  private static ObjectNode arrow(String agentId, Edge edge) {
    String other = edge.other().id();
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("from", edge.outbound() ? agentId : other);
    json.put("to", edge.outbound() ? other : agentId);
    json.put("type", edge.outbound() ? "outbound" : "inbound");
    ArrayNode scopes = json.putArray("scopes");
    edge.scopes().forEach(scopes::add);
    json.put("expires_at", Rfc3339.format(edge.expiresAt()));
    return json;
  }
}
