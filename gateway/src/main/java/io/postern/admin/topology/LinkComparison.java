package io.postern.admin.topology;

import io.postern.admin.protocol.Faults;
import io.postern.store.topology.CredentialTables;
import io.postern.store.topology.CredentialTables.RegisteredLink;
import io.postern.store.topology.Topology;
import io.postern.store.topology.TopologyPlan;
import io.postern.store.topology.TopologyPlan.Action;
import io.postern.store.topology.TopologyPlan.Change;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Holds the declared links of agents against those that they have. It is told first of all declared
 * credentials as they will be.
 */
final class LinkComparison {
  /** How many agents a fault names. */
  private static final int NAMED = 3;

  private final boolean prune;
  private final boolean credentialsStated;
  private final CredentialTables tables;
  private final TopologyPlan plan;
  private final Faults faults;
  // by identifier: whether the relay may call something
  private final Map<String, Boolean> targets = new HashMap<>();
  private final Set<String> missing = new HashSet<>();
  // identifier and pointer of those that had a target
  private final Map<String, String> targetless = new LinkedHashMap<>();

  /**
   * @param credentialsStated whether credentials are the topology's to prune, all links with them
   */
  LinkComparison(
      boolean prune,
      boolean credentialsStated,
      CredentialTables tables,
      TopologyPlan plan,
      Faults faults) {
    this.prune = prune;
    this.credentialsStated = credentialsStated;
    this.tables = tables;
    this.plan = plan;
    this.faults = faults;
  }

  /** Notes what will be there to be linked. */
  void credential(String identifier, String id, boolean hasTarget) {
    targets.put(identifier, hasTarget);
    plan.identifyCredential(identifier, id);
  }

  /** Notes what will not be there any more. */
  void gone(String identifier, String id) {
    missing.add(identifier);
    plan.identifyCredential(identifier, id);
  }

  /** Notes that the relay could call something until now. */
  void targetless(String identifier, String pointer) {
    targetless.put(identifier, pointer);
  }

  void compare(TopologyComparison.Portion<Topology.Agent> portion) {
    List<Topology.Agent> agents = portion.elements();
    Map<String, List<RegisteredLink>> present =
        tables.links(agents.stream().map(Topology.Agent::clientId).toList());
    findCredentials(agents);
    for (int i = 0; i < agents.size(); i++) {
      Topology.Agent agent = agents.get(i);
      if (!agent.clientId().isEmpty()) {
        compare(
            agent,
            present.getOrDefault(agent.clientId(), List.of()),
            "/agents/" + (portion.from() + i) + "/credentials/");
      }
    }
  }

  /** Looks up what is linked, and not in the topology itself. */
  private void findCredentials(List<Topology.Agent> agents) {
    Set<String> wanted =
        agents.stream()
            .flatMap(agent -> agent.links().elements().stream())
            .map(Topology.Link::identifier)
            .filter(identifier -> !identifier.isEmpty() && !targets.containsKey(identifier))
            .filter(identifier -> !missing.contains(identifier))
            .collect(Collectors.toSet());
    if (!wanted.isEmpty()) {
      tables
          .byIdentifier(wanted)
          .forEach(
              (identifier, found) -> {
                credential(identifier, found.id(), found.credential().target() != null);
                wanted.remove(identifier);
              });
      missing.addAll(wanted);
    }
  }

  private void compare(Topology.Agent agent, List<RegisteredLink> registered, String pointer) {
    Map<String, Topology.Link> present = new LinkedHashMap<>();
    for (RegisteredLink row : registered) {
      present.put(row.link().identifier(), row.link());
      plan.identifyCredential(row.link().identifier(), row.credentialId());
    }
    List<Topology.Link> declared = agent.links().elements();
    for (int i = 0; i < declared.size(); i++) {
      Topology.Link link = declared.get(i);
      Topology.Link before = present.remove(link.identifier());
      if (isPossible(link, pointer + i) && !link.equals(before)) {
        plan.links().add(new Change<>(agent.clientId(), before, link));
      }
    }
    if (prune && (credentialsStated || agent.links().stated())) {
      present
          .values()
          .forEach(link -> plan.links().add(new Change<>(agent.clientId(), link, null)));
    }
  }

  private boolean isPossible(Topology.Link link, String pointer) {
    if (link.identifier().isEmpty()) {
      return false;
    }
    @Nullable Boolean hasTarget = targets.get(link.identifier());
    if (hasTarget == null) {
      faults.add(pointer + "/identifier", "is no hosted credential's");
      return false;
    }
    if (link.relays() && !hasTarget) {
      faults.add(pointer + "/access", "includes relay, and the credential has no target to call");
      return false;
    }
    return true;
  }

  /** Holds what loses its target against the links that stay, of agents that are not named too. */
  void checkTargets() {
    if (targetless.isEmpty()) {
      return;
    }
    Set<String> leaving =
        plan.agents().stream()
            .filter(change -> change.action() == Action.DELETE)
            .map(Change::owner)
            .collect(Collectors.toSet());
    targetless.forEach(
        (identifier, pointer) -> {
          Set<String> changed = new HashSet<>(leaving);
          plan.links().stream()
              .filter(change -> change.subject().identifier().equals(identifier))
              .forEach(change -> changed.add(change.owner()));
          List<String> staying =
              tables.relaying(plan.credentialId(identifier), changed.size() + NAMED).stream()
                  .filter(client -> !changed.contains(client))
                  .limit(NAMED)
                  .toList();
          if (!staying.isEmpty()) {
            faults.add(
                pointer,
                "is still called through the relay, among others by " + String.join(", ", staying));
          }
        });
  }
}
