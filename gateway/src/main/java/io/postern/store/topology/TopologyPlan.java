package io.postern.store.topology;

import io.postern.store.registry.ApplicationRow.Scope;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What has to change so that the registry is as a topology declares it. Not thread-safe. */
public final class TopologyPlan {
  /** What becomes of a thing. */
  public enum Action {
    CREATE,
    CHANGE,
    DELETE
  }

  /**
   * A thing that changes.
   *
   * @param owner the audience of a service, or of the service that a scope is of; the id of an
   *     agent, or of the agent that a key or a grant is of
   * @param before null when it is created
   * @param after null when it is deleted
   */
  public record Change<T>(String owner, @Nullable T before, @Nullable T after) {
    public Action action() {
      return before == null ? Action.CREATE : after == null ? Action.DELETE : Action.CHANGE;
    }

    /** The thing as it is, or as it will be. */
    public T subject() {
      T subject = after == null ? before : after;
      if (subject == null) {
        throw new IllegalStateException("a change of nothing");
      }
      return subject;
    }
  }

  private final List<Change<Topology.Service>> services = new ArrayList<>();
  private final List<Change<Scope>> scopes = new ArrayList<>();
  private final List<Change<Topology.Agent>> agents = new ArrayList<>();
  private final List<Change<Topology.Key>> keys = new ArrayList<>();
  private final List<Change<Topology.Grant>> grants = new ArrayList<>();
  private final Map<String, String> ids = new HashMap<>();

  /** Of services, without their scopes. */
  public List<Change<Topology.Service>> services() {
    return services;
  }

  /** Of services' scopes. */
  public List<Change<Scope>> scopes() {
    return scopes;
  }

  /** Of agents, without their keys and grants. */
  public List<Change<Topology.Agent>> agents() {
    return agents;
  }

  public List<Change<Topology.Key>> keys() {
    return keys;
  }

  public List<Change<Topology.Grant>> grants() {
    return grants;
  }

  /** Notes the id of the application that has, or will have, an audience. */
  public void identify(String audience, String id) {
    ids.put(audience, id);
  }

  /** The id of the application of an audience. */
  public String id(String audience) {
    String id = ids.get(audience);
    if (id == null) {
      throw new IllegalStateException("nobody has noted who has " + audience);
    }
    return id;
  }

  /** How many things change. */
  public int size() {
    return services.size() + scopes.size() + agents.size() + keys.size() + grants.size();
  }

  public long count(Action action) {
    return count(Stream.of(services, scopes, agents, keys, grants), action);
  }

  /** How many agents and services. */
  public long countApplications(Action action) {
    return count(Stream.of(services, agents), action);
  }

  private static long count(Stream<List<? extends Change<?>>> lists, Action action) {
    return lists.flatMap(List::stream).filter(change -> change.action() == action).count();
  }
}
