package io.postern.admin.topology;

import io.postern.admin.protocol.Faults;
import io.postern.admin.protocol.ProblemException;
import io.postern.admin.registry.Identifiers;
import io.postern.admin.registry.ServiceResource;
import io.postern.admin.vault.NewValues;
import io.postern.grant.AgentAudience;
import io.postern.store.database.Statements;
import io.postern.store.registry.ApplicationRow;
import io.postern.store.registry.ApplicationRow.Kind;
import io.postern.store.registry.ApplicationRow.Scope;
import io.postern.store.topology.CredentialTables;
import io.postern.store.topology.Topology;
import io.postern.store.topology.TopologyPlan;
import io.postern.store.topology.TopologyPlan.Change;
import io.postern.store.topology.TopologyTables;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.IntConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Holds a topology against the registry: what has to change, and what cannot. Reads the registry in
 * portions, and of it only what the topology names, or all of it in order to prune. For one use.
 */
final class TopologyComparison {
  /** How many applications are compared at a time. */
  static final int PORTION = 500;

  private final Topology declared;
  private final boolean prune;
  private final TopologyTables tables;
  private final Supplier<String> newServiceId;
  private final Faults faults;
  private final TopologyPlan plan = new TopologyPlan();
  private final Map<String, String> places = new HashMap<>();
  private final Set<String> clientIds = new HashSet<>();
  private final GrantComparison grants;
  private final CredentialComparison credentials;
  private final LinkComparison links;

  /**
   * @param statements of the transaction in which it is compared
   */
  TopologyComparison(
      Topology declared,
      boolean prune,
      Statements statements,
      Identifiers identifiers,
      NewValues values,
      Faults faults) {
    this.declared = declared;
    this.prune = prune;
    this.tables = new TopologyTables(statements);
    this.newServiceId = identifiers::newServiceId;
    this.faults = faults;
    this.grants = new GrantComparison(prune, tables, plan, faults);
    CredentialTables credentialTables = new CredentialTables(statements);
    this.links =
        new LinkComparison(prune, declared.credentials().stated(), credentialTables, plan, faults);
    this.credentials =
        new CredentialComparison(credentialTables, identifiers, values, plan, links, faults);
  }

  /**
   * Compares all.
   *
   * @param progress is told of each service, credential and agent that is done, agents once for
   *     themselves and once for their grants and links
   * @throws ProblemException with all that cannot be
   */
  TopologyPlan run(IntConsumer progress) {
    noteNames();
    eachPortion(declared.services(), this::compareServices, progress);
    eachPortion(declared.agents(), this::compareAgents, progress);
    eachPortion(declared.credentials().elements(), credentials::compare, progress);
    if (prune) {
      pruneServices();
      pruneAgents();
      if (declared.credentials().stated()) {
        credentials.prune();
      }
    }
    eachPortion(
        declared.agents(),
        portion -> {
          grants.compare(portion);
          links.compare(portion);
        },
        progress);
    links.checkTargets();
    faults.check();
    return plan;
  }

  /** A part of a list, which knows where in the document it stands. */
  record Portion<T>(List<T> elements, int from) {}

  private <T> void eachPortion(List<T> all, Consumer<Portion<T>> compare, IntConsumer progress) {
    for (int from = 0; from < all.size(); from += PORTION) {
      List<T> part = all.subList(from, Math.min(from + PORTION, all.size()));
      compare.accept(new Portion<>(part, from));
      faults.checkMany();
      progress.accept(part.size());
    }
  }

  // what stands twice is a fault at its second place
  private void noteNames() {
    for (int i = 0; i < declared.services().size(); i++) {
      noteAudience(declared.services().get(i).audience(), "/services/" + i + "/audience");
    }
    for (int i = 0; i < declared.agents().size(); i++) {
      Topology.Agent agent = declared.agents().get(i);
      String pointer = "/agents/" + i;
      if (!agent.clientId().isEmpty() && !clientIds.add(agent.clientId())) {
        faults.add(pointer + "/client_id", "stands there twice");
      }
      if (agent.audience() != null) {
        noteAudience(agent.audience(), pointer + "/audience");
      }
    }
    credentials.noteNames(declared.credentials().elements());
    faults.checkMany();
  }

  private void noteAudience(String audience, String pointer) {
    if (!audience.isEmpty() && places.putIfAbsent(audience, pointer) != null) {
      faults.add(pointer, "stands there twice");
    }
  }

  private void compareServices(Portion<Topology.Service> portion) {
    Map<String, ApplicationRow> present =
        tables.byAudience(portion.elements.stream().map(Topology.Service::audience).toList());
    Map<String, List<Topology.Key>> keys =
        tables.keys(present.values().stream().map(ApplicationRow::id).toList());
    for (int i = 0; i < portion.elements.size(); i++) {
      Topology.Service service = portion.elements.get(i);
      ApplicationRow row = present.get(service.audience());
      String place = "/services/" + (portion.from + i);
      String pointer = place + "/audience";
      if (service.audience().isEmpty()) {
        continue;
      }
      if (row != null && row.builtin()) {
        faults.add(pointer, "is the installation's own: it is built in, and in no topology");
      } else if (row != null && row.kind() != Kind.SERVICE) {
        faults.add(pointer, "belongs to agent " + row.id());
      } else {
        compare(service, row);
        new KeyComparison(prune, plan.serviceKeys(), faults)
            .compare(
                service.audience(),
                service.keys(),
                row == null ? List.of() : keys.getOrDefault(row.id(), List.of()),
                place + "/keys");
      }
    }
  }

  private void compare(Topology.Service service, @Nullable ApplicationRow row) {
    String audience = service.audience();
    Topology.Service before = row == null ? null : Registered.service(row);
    addUnlessSame(plan.services(), audience, before, service, TopologyJson::members);
    String id = row == null ? newServiceId.get() : row.id();
    Map<String, Scope> present = new LinkedHashMap<>();
    if (row != null) {
      row.scopes().forEach(scope -> present.put(scope.value(), scope));
    }
    Set<String> values = new HashSet<>();
    for (Scope scope : service.scopes()) {
      values.add(scope.value());
      addUnlessSame(
          plan.scopes(), audience, present.remove(scope.value()), scope, TopologyJson::members);
    }
    if (prune) {
      present.values().forEach(scope -> plan.scopes().add(new Change<>(audience, scope, null)));
    } else {
      values.addAll(present.keySet());
    }
    if (values.size() > ServiceResource.MAX_SCOPES) {
      faults.add(
          String.valueOf(places.get(audience)),
          "would have more than %d scopes".formatted(ServiceResource.MAX_SCOPES));
    }
    grants.resource(audience, id, values);
  }

  private void compareAgents(Portion<Topology.Agent> portion) {
    List<String> ids = portion.elements.stream().map(Topology.Agent::clientId).toList();
    Map<String, ApplicationRow> present = tables.byId(ids);
    Set<String> given = new HashSet<>(tables.everGiven(ids));
    Map<String, List<Topology.Key>> keys = tables.keys(ids);
    Map<String, ApplicationRow> holders =
        tables.byAudience(portion.elements.stream().map(TopologyComparison::audience).toList());
    for (int i = 0; i < portion.elements.size(); i++) {
      Topology.Agent agent = portion.elements.get(i);
      String id = agent.clientId();
      String pointer = "/agents/" + (portion.from + i);
      ApplicationRow row = present.get(id);
      if (id.isEmpty()) {
        continue;
      }
      if (row != null && row.kind() != Kind.AGENT) {
        faults.add(pointer + "/client_id", "is a service's");
      } else if (row == null && given.contains(id)) {
        faults.add(pointer + "/client_id", "was an application's that is deleted; it stays its");
      } else {
        String audience = row == null ? audience(agent) : String.valueOf(row.audience());
        ApplicationRow holder = row == null ? holders.get(audience) : null;
        checkAudience(pointer + "/audience", agent, audience, holder);
        Topology.Agent after =
            new Topology.Agent(
                id, audience, agent.settings(), agent.keys(), agent.grants(), agent.links());
        Topology.Agent before = row == null ? null : Registered.agent(row);
        addUnlessSame(plan.agents(), id, before, after, TopologyJson::members);
        grants.agent(after, before);
        new KeyComparison(prune, plan.keys(), faults)
            .compare(id, after.keys(), keys.getOrDefault(id, List.of()), pointer + "/keys");
      }
    }
  }

  private static String audience(Topology.Agent agent) {
    return agent.audience() == null ? AgentAudience.of(agent.clientId()) : agent.audience();
  }

  private void checkAudience(
      String pointer, Topology.Agent agent, String audience, @Nullable ApplicationRow holder) {
    if (agent.audience() == null) {
      noteAudience(audience, pointer);
    } else if (!agent.audience().equals(audience)) {
      faults.add(pointer, "is immutable: it is " + audience);
    }
    if (holder != null) {
      faults.add(pointer, "belongs to another application: " + holder.id());
    }
  }

  private void pruneServices() {
    eachRegistered(
        Kind.SERVICE,
        row -> {
          if (!places.containsKey(row.audience())) {
            Topology.Service service = Registered.service(row);
            plan.services().add(new Change<>(service.audience(), service, null));
            grants.gone(service.audience(), row.id());
          }
        });
  }

  private void pruneAgents() {
    eachRegistered(
        Kind.AGENT,
        row -> {
          if (!clientIds.contains(row.id())) {
            plan.agents().add(new Change<>(row.id(), Registered.agent(row), null));
            grants.gone(String.valueOf(row.audience()), row.id());
          }
        });
  }

  private void eachRegistered(Kind kind, Consumer<ApplicationRow> consumer) {
    long after = 0;
    List<ApplicationRow> rows;
    do {
      rows = tables.list(kind, after, PORTION);
      rows.stream().filter(row -> !Registered.isInstallation(row)).forEach(consumer);
      after = rows.isEmpty() ? after : rows.getLast().meta().creationNumber();
    } while (rows.size() == PORTION);
  }

  private static <T> void addUnlessSame(
      List<Change<T>> changes, String owner, @Nullable T before, T after, Function<T, ?> members) {
    if (before == null || !members.apply(before).equals(members.apply(after))) {
      changes.add(new Change<>(owner, before, after));
    }
  }
}
