package io.postern.admin.topology;

import io.postern.admin.protocol.Faults;
import io.postern.admin.registry.KeyResource;
import io.postern.store.topology.Topology;
import io.postern.store.topology.TopologyPlan.Change;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Holds the declared public keys of agents and services against those that they have. */
final class KeyComparison {
  private final boolean prune;
  private final List<Change<Topology.Key>> changes;
  private final Faults faults;

  /**
   * @param changes takes up what has to change
   */
  KeyComparison(boolean prune, List<Change<Topology.Key>> changes, Faults faults) {
    this.prune = prune;
    this.changes = changes;
    this.faults = faults;
  }

  /**
   * Compares the keys of one owner.
   *
   * @param owner as {@link Change} has it
   * @param pointer to its keys in the document
   */
  void compare(
      String owner, List<Topology.Key> declared, List<Topology.Key> registered, String pointer) {
    Map<String, Topology.Key> present = new LinkedHashMap<>();
    registered.forEach(key -> present.put(key.kid(), key));
    Set<String> thumbprints = new HashSet<>();
    for (Topology.Key key : declared) {
      thumbprints.add(key.thumbprint());
      Topology.Key before = present.remove(key.kid());
      if (!key.equals(before)) {
        changes.add(new Change<>(owner, before, key));
      }
    }
    int count = declared.size();
    for (Topology.Key key : present.values()) {
      if (prune) {
        changes.add(new Change<>(owner, key, null));
      } else if (!thumbprints.add(key.thumbprint())) {
        faults.add(pointer, "holds a key that is there under another kid: " + key.kid());
      } else {
        count++;
      }
    }
    if (count > KeyResource.MAX_LIVE_KEYS) {
      faults.add(pointer, "would be more than " + KeyResource.MAX_LIVE_KEYS);
    }
  }
}
