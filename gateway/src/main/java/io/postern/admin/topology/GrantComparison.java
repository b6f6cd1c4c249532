package io.postern.admin.topology;

import io.postern.admin.protocol.Faults;
import io.postern.admin.registry.AgentSettings;
import io.postern.store.FirstStart;
import io.postern.store.registry.ApplicationRow;
import io.postern.store.registry.ApplicationRow.Scope;
import io.postern.store.topology.Topology;
import io.postern.store.topology.TopologyPlan;
import io.postern.store.topology.TopologyPlan.Change;
import io.postern.store.topology.TopologyTables;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Holds the declared grants of agents against those that they have. It is told first of all
 * resources as they will be.
 */
final class GrantComparison {
  private final boolean prune;
  private final TopologyTables tables;
  private final TopologyPlan plan;
  private final Faults faults;
  // by audience: the scopes of what is granted afterwards
  private final Map<String, Set<String>> scopes = new HashMap<>();
  private final Set<String> gone = new HashSet<>();
  private final Set<String> unknown = new HashSet<>();
  // by audience: the scope that an agent had as its permission, and the one that it will have
  private final Map<String, Map<String, String>> renamed = new HashMap<>();

  GrantComparison(boolean prune, TopologyTables tables, TopologyPlan plan, Faults faults) {
    this.prune = prune;
    this.tables = tables;
    this.plan = plan;
    this.faults = faults;
  }

  /** Notes what will be there to be granted. */
  void resource(String audience, String id, Set<String> values) {
    scopes.put(audience, values);
    plan.identify(audience, id);
  }

  /**
   * Notes an agent, which can be granted too.
   *
   * @param before null when it is new
   */
  void agent(Topology.Agent after, Topology.@Nullable Agent before) {
    String audience = String.valueOf(after.audience());
    String scope = AgentSettings.permission(after.settings()).scope();
    resource(audience, after.clientId(), Set.of(scope));
    if (before != null) {
      String present = AgentSettings.permission(before.settings()).scope();
      if (!present.equals(scope)) {
        renamed.put(audience, Map.of(present, scope));
      }
    }
  }

  /** Notes what will not be there any more, with all grants of it. */
  void gone(String audience, String id) {
    gone.add(audience);
    plan.identify(audience, id);
  }

  void compare(TopologyComparison.Portion<Topology.Agent> portion) {
    Map<String, List<Topology.Grant>> present =
        tables.grants(portion.elements().stream().map(Topology.Agent::clientId).toList());
    findResources(portion.elements(), present);
    for (int i = 0; i < portion.elements().size(); i++) {
      Topology.Agent agent = portion.elements().get(i);
      if (!agent.clientId().isEmpty()) {
        compare(
            agent,
            present.getOrDefault(agent.clientId(), List.of()),
            "/agents/" + (portion.from() + i) + "/grants/");
      }
    }
  }

  /** Looks up what is granted, and not in the topology itself. */
  private void findResources(
      List<Topology.Agent> agents, Map<String, List<Topology.Grant>> present) {
    Stream<Topology.Grant> named = agents.stream().flatMap(agent -> agent.grants().stream());
    Stream<Topology.Grant> had = present.values().stream().flatMap(List::stream);
    Set<String> wanted =
        (prune ? Stream.concat(named, had) : named)
            .map(Topology.Grant::audience)
            .filter(audience -> !audience.isEmpty() && !scopes.containsKey(audience))
            .filter(audience -> !gone.contains(audience) && !unknown.contains(audience))
            .collect(Collectors.toSet());
    if (!wanted.isEmpty()) {
      Map<String, ApplicationRow> rows = tables.byAudience(wanted);
      rows.forEach(
          (audience, row) ->
              resource(
                  audience,
                  row.id(),
                  row.scopes().stream().map(Scope::value).collect(Collectors.toSet())));
      wanted.removeAll(rows.keySet());
      unknown.addAll(wanted);
    }
  }

  private void compare(Topology.Agent agent, List<Topology.Grant> registered, String pointer) {
    Map<String, Topology.Grant> present = new LinkedHashMap<>();
    registered.forEach(grant -> present.put(grant.audience(), grant));
    for (int i = 0; i < agent.grants().size(); i++) {
      Topology.Grant grant = agent.grants().get(i);
      Topology.Grant before = present.remove(grant.audience());
      if (isPossible(agent, grant, pointer + i) && !grant.equals(follow(before))) {
        plan.grants().add(new Change<>(agent.clientId(), before, grant));
      }
    }
    if (prune && !agent.clientId().equals(FirstStart.ADMINISTRATOR)) {
      for (Topology.Grant grant : present.values()) {
        // the grants of what goes, go with it
        if (!gone.contains(grant.audience())) {
          plan.grants().add(new Change<>(agent.clientId(), grant, null));
        }
      }
    }
  }

  private Topology.@Nullable Grant follow(Topology.@Nullable Grant before) {
    Map<String, String> names = before == null ? null : renamed.get(before.audience());
    return before == null || names == null
        ? before
        : new Topology.Grant(
            before.audience(),
            before.scopes().stream().map(scope -> names.getOrDefault(scope, scope)).toList(),
            before.expiresAt());
  }

  private boolean isPossible(Topology.Agent agent, Topology.Grant grant, String pointer) {
    if (grant.audience().isEmpty()) {
      return false;
    }
    Set<String> values = scopes.get(grant.audience());
    if (values == null) {
      faults.add(pointer + "/audience", "is no service's and no agent's");
      return false;
    }
    if (plan.id(grant.audience()).equals(agent.clientId())) {
      faults.add(pointer + "/audience", "is the agent's own: it cannot be granted itself");
      return false;
    }
    List<String> missing = new ArrayList<>();
    for (String scope : grant.scopes()) {
      if (!values.contains(scope)) {
        missing.add(scope);
      }
    }
    if (!missing.isEmpty()) {
      faults.add(pointer + "/scopes", "must all exist there, not so: " + String.join(" ", missing));
    }
    return missing.isEmpty();
  }
}
