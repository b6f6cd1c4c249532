package io.postern.admin.topology;

import io.postern.store.FirstStart;
import io.postern.store.registry.ApplicationRow;
import io.postern.store.topology.CredentialTables.RegisteredLink;
import io.postern.store.topology.Topology;
import io.postern.store.topology.Topology.Listed;
import java.util.List;

/** Rows of the registry as parts of a topology. */
final class Registered {
  private Registered() {}

  /** A service without its keys. */
  static Topology.Service service(ApplicationRow row) {
    return service(row, List.of());
  }

  static Topology.Service service(ApplicationRow row, List<Topology.Key> keys) {
    return new Topology.Service(String.valueOf(row.audience()), row.settings(), row.scopes(), keys);
  }

  /** An agent without its keys, grants and links. */
  static Topology.Agent agent(ApplicationRow row) {
    return agent(row, List.of(), List.of(), List.of());
  }

  static Topology.Agent agent(
      ApplicationRow row,
      List<Topology.Key> keys,
      List<Topology.Grant> grants,
      List<RegisteredLink> links) {
    return new Topology.Agent(
        row.id(),
        row.audience(),
        row.settings(),
        keys,
        grants,
        Listed.of(links.stream().map(RegisteredLink::link).toList()));
  }

  /** Whether the row is the installation's own, which is no part of any topology. */
  static boolean isInstallation(ApplicationRow row) {
    return row.builtin() || row.id().equals(FirstStart.ADMINISTRATOR);
  }
}
