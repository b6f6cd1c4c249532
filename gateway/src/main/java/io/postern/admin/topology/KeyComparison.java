package io.postern.admin.topology;

import io.postern.admin.protocol.Faults;
import io.postern.admin.registry.KeyResource;
import io.postern.store.topology.Topology;
import io.postern.store.topology.TopologyPlan;
import io.postern.store.topology.TopologyPlan.Change;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Holds the declared public keys of agents against those that they have. */
final class KeyComparison {
  private final boolean prune;
  private final TopologyPlan plan;
  private final Faults faults;

  KeyComparison(boolean prune, TopologyPlan plan, Faults faults) {
    this.prune = prune;
    this.plan = plan;
    this.faults = faults;
  }

  /**
   * Compares the keys of one agent.
   *
   * @param pointer to its keys in the document
   */
  void compare(Topology.Agent agent, List<Topology.Key> registered, String pointer) {
    Map<String, Topology.Key> present = new LinkedHashMap<>();
    registered.forEach(key -> present.put(key.kid(), key));
    Set<String> thumbprints = new HashSet<>();
    for (Topology.Key key : agent.keys()) {
      thumbprints.add(key.thumbprint());
      Topology.Key before = present.remove(key.kid());
      if (!key.equals(before)) {
        plan.keys().add(new Change<>(agent.clientId(), before, key));
      }
    }
    int count = agent.keys().size();
    for (Topology.Key key : present.values()) {
      if (prune) {
        plan.keys().add(new Change<>(agent.clientId(), key, null));
      } else if (!thumbprints.add(key.thumbprint())) {
        faults.add(pointer, "holds a key that the agent has under another kid: " + key.kid());
      } else {
        count++;
      }
    }
    if (count > KeyResource.MAX_LIVE_KEYS) {
      faults.add(pointer, "would be more than " + KeyResource.MAX_LIVE_KEYS);
    }
  }
}
