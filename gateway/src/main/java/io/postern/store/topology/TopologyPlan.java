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
   * @param owner the audience of a service, or of the service that a scope or a key is of; the id
   *     of an agent, or of the agent that a key, a grant or a link is of; the identifier of a
   *     credential
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
  private final List<Change<Topology.Key>> serviceKeys = new ArrayList<>();
  private final List<Change<Topology.Key>> keys = new ArrayList<>();
  private final List<Change<Topology.Grant>> grants = new ArrayList<>();
  private final List<Change<Topology.Credential>> credentials = new ArrayList<>();
  private final List<Change<Topology.Link>> links = new ArrayList<>();
  private final Map<String, String> ids = new HashMap<>();
  private final Map<String, String> credentialIds = new HashMap<>();

  /** Of services, without their scopes and keys. */
  public List<Change<Topology.Service>> services() {
    return services;
  }

  /** Of services' scopes. */
  public List<Change<Scope>> scopes() {
    return scopes;
  }

  /** Of services' keys. */
  public List<Change<Topology.Key>> serviceKeys() {
    return serviceKeys;
  }

  /** Of agents, without their keys and grants. */
  public List<Change<Topology.Agent>> agents() {
    return agents;
  }

  /** Of agents' keys. */
  public List<Change<Topology.Key>> keys() {
    return keys;
  }

  public List<Change<Topology.Grant>> grants() {
    return grants;
  }

  /** Of hosted credentials, without the links to them. */
  public List<Change<Topology.Credential>> credentials() {
    return credentials;
  }

  /** Of agents' links to hosted credentials. */
  public List<Change<Topology.Link>> links() {
    return links;
  }

  /** Notes the id of the application that has, or will have, an audience. */
  public void identify(String audience, String id) {
    ids.put(audience, id);
  }

  /** The id of the application of an audience. */
  public String id(String audience) {
    return require(ids, audience);
  }

  /** Notes the id of the hosted credential that is, or will be, called that. */
  public void identifyCredential(String identifier, String id) {
    credentialIds.put(identifier, id);
  }

  /** The id of the hosted credential of an identifier. */
  public String credentialId(String identifier) {
    return require(credentialIds, identifier);
  }

  private static String require(Map<String, String> ids, String name) {
    String id = ids.get(name);
    if (id == null) {
      throw new IllegalStateException("nobody has noted who has " + name);
    }
    return id;
  }

  /** How many things change. */
  public int size() {
    return all().mapToInt(List::size).sum();
  }

  public long count(Action action) {
    return count(all(), action);
  }

  /** How many agents and services. */
  public long countApplications(Action action) {
    return count(Stream.of(services, agents), action);
  }

  public long countCredentials(Action action) {
    return count(Stream.of(credentials), action);
  }

  private Stream<List<? extends Change<?>>> all() {
    return Stream.of(services, scopes, serviceKeys, agents, keys, grants, credentials, links);
  }

  private static long count(Stream<List<? extends Change<?>>> lists, Action action) {
    return lists.flatMap(List::stream).filter(change -> change.action() == action).count();
  }
}
