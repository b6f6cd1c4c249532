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
import io.postern.store.vault.CredentialLinkRow;
import io.postern.store.vault.CredentialLinkTable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * An agent and its neighbours as a graph: what it may call, who may call it, and which hosted
 * credentials it is linked to. Paged by edges; each page has the nodes of its edges, and always the
 * agent's own. The first one has the grant on the vault too, which follows from the links.
 */
public final class TopologyResource {
  private final Transactions transactions;

  public TopologyResource(Transactions transactions) {
    this.transactions = transactions;
  }

  /**
   * An edge as it is shown.
   *
   * @param node what is at its other end
   */
  private record Arrow(long creationNumber, ObjectNode node, ObjectNode json) {}

  public AdminResponse get(AdminRequest request) {
    Page page = Page.ofMost("topology", request.query());
    Statements statements = transactions.read();
    ApplicationRow agent = Owner.AGENT.require(statements, request);
    List<Arrow> arrows = arrows(statements, agent.id(), page);
    List<Arrow> shown = new ArrayList<>(page.rows(arrows));
    Edge vault =
        page.after() > 0 ? null : new CredentialLinkTable(statements).findVaultGrant(agent.id());
    if (vault != null) {
      shown.addFirst(arrow(agent.id(), vault));
    }

    ObjectNode body = JsonNodeFactory.instance.objectNode();
    ArrayNode nodes = body.putArray("nodes");
    ArrayNode edges = body.putArray("edges");
    nodes.add(
        node(
            new Edge.Node(
                agent.id(),
                "agent",
                agent.settings().name(),
                agent.audience(),
                agent.settings().status())));
    Set<String> ids = new HashSet<>();
    for (Arrow arrow : shown) {
      // the same one may stand at both ends
      if (ids.add(arrow.node.path("id").asText())) {
        nodes.add(arrow.node);
      }
      edges.add(arrow.json);
    }
    body.put("next_cursor", page.nextCursor(arrows, Arrow::creationNumber));
    return AdminResponse.ok(body);
  }

  /** The page's edges, grants and links in the order of their creation, and one more. */
  private static List<Arrow> arrows(Statements statements, String agentId, Page page) {
    Stream<Arrow> grants =
        new GrantTable(statements)
            .edges(agentId, page.after(), page.rowsToRead()).stream()
                .map(edge -> arrow(agentId, edge));
    Stream<Arrow> links =
        new CredentialLinkTable(statements)
            .list(agentId, page.after(), page.rowsToRead()).stream().map(TopologyResource::arrow);
    return Stream.concat(grants, links)
        .sorted(Comparator.comparingLong(Arrow::creationNumber))
        .limit(page.rowsToRead())
        .toList();
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

  private static Arrow arrow(String agentId, Edge edge) {
    String other = edge.other().id();
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("from", edge.outbound() ? agentId : other);
    json.put("to", edge.outbound() ? other : agentId);
    json.put("type", edge.outbound() ? "outbound" : "inbound");
    ArrayNode scopes = json.putArray("scopes");
    edge.scopes().forEach(scopes::add);
    json.put("expires_at", Rfc3339.format(edge.expiresAt()));
    return new Arrow(edge.creationNumber(), node(edge.other()), json);
  }

  private static Arrow arrow(CredentialLinkRow link) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.put("id", link.credentialId());
    node.put("type", link.businessType());
    node.put("name", link.name());
    node.put("identifier", link.identifier());
    node.put("audience", (String) null);
    node.put("status", link.credentialExpired() ? "expired" : "active");
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("from", link.clientId());
    json.put("to", link.credentialId());
    json.put("type", "outbound");
    ArrayNode access = json.putArray("access");
    link.access().forEach(access::add);
    ArrayNode scopes = json.putArray("scopes");
    link.access().forEach(value -> scopes.add("credential:" + value));
    json.put("expires_at", Rfc3339.format(link.expiresAt()));
    return new Arrow(link.meta().creationNumber(), node, json);
  }
}
