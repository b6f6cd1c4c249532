package io.postern.faults;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What the checker knows of what may be issued: services, agents and the switches that decide.
 * Thread-safe.
 */
record Model(List<Service> services, List<Agent> agents) {
  /** A service with these scopes, for good. */
  record Service(String id, String audience, List<String> scopes) {}

  /** A secret of an agent, and whether it lives. */
  record Secret(String id, String value, Switch live) {
    @Override
    public String toString() {
      return "Secret[" + id + "]";
    }
  }

  /**
   * An agent.
   *
   * @param steady never changed after the start: it must always get what it asks for
   * @param secrets grows; the first is never deleted
   * @param grants by the service's id, then the scope
   */
  record Agent(
      String clientId,
      boolean steady,
      Switch active,
      List<Secret> secrets,
      Map<String, Map<String, Switch>> grants) {

    static Agent of(String clientId, boolean steady, List<Service> services) {
      return new Agent(
          clientId,
          steady,
          new Switch(),
          new CopyOnWriteArrayList<>(),
          services.stream()
              .collect(
                  Collectors.toUnmodifiableMap(
                      Service::id,
                      service ->
                          service.scopes().stream()
                              .collect(
                                  Collectors.toUnmodifiableMap(
                                      scope -> scope, scope -> new Switch())))));
    }

    Stream<Switch> switches() {
      return Stream.of(
              Stream.of(active),
              secrets.stream().map(Secret::live),
              grants.values().stream().flatMap(scopes -> scopes.values().stream()))
          .flatMap(stream -> stream);
    }
  }

  Model {
    services = List.copyOf(services);
    agents = List.copyOf(agents);
  }

  /** What has just been committed may be lost. */
  void uncertain() {
    agents.forEach(agent -> agent.switches().forEach(Switch::uncertain));
  }

  /** All is calm, and has been for longer than a change takes: what there is, is in force. */
  void inForce() {
    agents.forEach(agent -> agent.switches().forEach(Switch::inForce));
  }

  /**
   * Holds the model against the rows. What is uncertain is settled by them.
   *
   * @return what was acknowledged and is not there, or is there and was not
   */
  List<String> compare(Rows rows) {
    List<String> lost = new ArrayList<>();
    for (Agent agent : agents) {
      compare(lost, agent, "status", agent.active, rows.active().contains(agent.clientId));
      for (Secret secret : agent.secrets) {
        compare(lost, agent, "" + secret, secret.live, rows.secrets().contains(secret.id));
      }
      agent.grants.forEach(
          (service, scopes) ->
              scopes.forEach(
                  (scope, granted) ->
                      compare(
                          lost,
                          agent,
                          service + " " + scope,
                          granted,
                          rows.grants().contains(Rows.grant(agent.clientId, service, scope)))));
    }
    return lost;
  }

  private static void compare(
      List<String> lost, Agent agent, String what, Switch known, boolean there) {
    if (known.isUncertain()) {
      known.settle(there);
    } else if (known.isOn() != there) {
      lost.add(
          "%s, %s: acknowledged %s, is %s".formatted(agent.clientId, what, known.isOn(), there));
      // told once
      known.settle(there);
    }
  }
}
