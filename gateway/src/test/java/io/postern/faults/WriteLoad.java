package io.postern.faults;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.LockSupport;

/** One administrator who grants and revokes without end, each write at a replica of choice. */
final class WriteLoad implements Runnable {
  private static final Duration PAUSE = Duration.ofMillis(30);
  private static final int MOST_SECRETS = 12;
  private static final String WAIT_FOR_ALL = "?wait=all&timeout=PT0.5S";

  private final List<Replica> replicas;
  private final List<Model.Agent> agents;
  private final Model model;
  private final Weather weather;
  private final Findings findings;
  private final Random random;
  private final Lock gate;
  private final AdminClient admin = new AdminClient();
  private volatile boolean stopped;

  /**
   * @param agents those that this one alone changes
   * @param gate held while a write is on its way
   */
  WriteLoad(
      List<Replica> replicas,
      List<Model.Agent> agents,
      Model model,
      Weather weather,
      Findings findings,
      Random random,
      Lock gate) {
    this.gate = gate;
    this.replicas = replicas;
    this.agents = agents;
    this.model = model;
    this.weather = weather;
    this.findings = findings;
    this.random = random;
  }

  void stop() {
    stopped = true;
  }

  @Override
  public void run() {
    while (!stopped) {
      Replica replica = any(replicas);
      Model.Agent agent = any(agents);
      gate.lock();
      try {
        if (authenticates(replica)) {
          write(replica, agent);
        }
      } catch (RuntimeException e) {
        findings.fault(replica.name() + ", a write: " + e);
      } finally {
        gate.unlock();
      }
      LockSupport.parkNanos(PAUSE.toNanos());
    }
  }

  private boolean authenticates(Replica replica) {
    long from = System.nanoTime();
    try {
      admin.authenticate(replica);
      return true;
    } catch (IOException e) {
      findings.count("no administrator's token");
      if (weather.isCalm(from, System.nanoTime())) {
        findings.fault(replica.name() + " gave the administrator no token: " + e);
      }
      return false;
    }
  }

  private void write(Replica replica, Model.Agent agent) {
    switch (random.nextInt(8)) {
      case 0 -> status(replica, agent);
      case 1 -> addSecret(replica, agent);
      case 2 -> deleteSecret(replica, agent);
      default -> grant(replica, agent, any(model.services()));
    }
  }

  private void status(Replica replica, Model.Agent agent) {
    if (agent.active().isUncertain()) {
      return;
    }
    boolean active = !agent.active().isOn();
    agent.active().turning(active);
    JsonObject body = new JsonObject().put("status", active ? "active" : "disabled");
    send(replica, "PATCH", "/agents/" + agent.clientId(), body, List.of(agent.active()));
  }

  private void addSecret(Replica replica, Model.Agent agent) {
    if (agent.secrets().size() >= MOST_SECRETS) {
      // one that is gone is asked for a while, and then forgotten
      agent.secrets().stream()
          .skip(1)
          .filter(secret -> !secret.live().isUncertain() && !secret.live().isOn())
          .findFirst()
          .ifPresent(agent.secrets()::remove);
      return;
    }
    Switch live = new Switch();
    live.turning(true);
    HttpLine.Answer answer =
        send(
            replica,
            "POST",
            "/agents/" + agent.clientId() + "/secrets",
            new JsonObject(),
            List.of(live));
    if (answer != null && (answer.status() == 201 || answer.status() == 504)) {
      JsonObject body = new JsonObject(answer.body());
      JsonObject made = answer.status() == 201 ? body : body.getJsonObject("result");
      agent
          .secrets()
          .add(
              new Model.Secret(made.getString("secret_id"), made.getString("client_secret"), live));
    }
  }

  private void deleteSecret(Replica replica, Model.Agent agent) {
    List<Model.Secret> live =
        agent.secrets().stream()
            .skip(1)
            .filter(secret -> !secret.live().isUncertain() && secret.live().isOn())
            .toList();
    if (!live.isEmpty()) {
      Model.Secret secret = any(live);
      secret.live().turning(false);
      String path = "/agents/" + agent.clientId() + "/secrets/" + secret.id();
      send(replica, "DELETE", path, null, List.of(secret.live()));
    }
  }

  private void grant(Replica replica, Model.Agent agent, Model.Service service) {
    Map<String, Switch> scopes = agent.grants().get(service.id());
    if (scopes.values().stream().anyMatch(Switch::isUncertain)) {
      return;
    }
    String path = "/agents/" + agent.clientId() + "/grants/" + service.id();
    List<String> granted = service.scopes().stream().filter(s -> random.nextBoolean()).toList();
    boolean was = scopes.values().stream().anyMatch(Switch::isOn);
    if (granted.isEmpty() && !was) {
      return;
    }
    List<Switch> turned = new ArrayList<>();
    scopes.forEach(
        (scope, state) -> {
          if (state.isOn() != granted.contains(scope)) {
            state.turning(!state.isOn());
            turned.add(state);
          }
        });
    if (granted.isEmpty()) {
      send(replica, "DELETE", path, null, turned);
    } else {
      send(replica, "PUT", path, new JsonObject().put("scopes", new JsonArray(granted)), turned);
    }
  }

  /** Sends a write and tells the switches what became of it; null if nobody knows. */
  private HttpLine.Answer send(
      Replica replica, String method, String path, JsonObject body, List<Switch> turned) {
    boolean waits = random.nextInt(3) == 0;
    long from = System.nanoTime();
    try {
      HttpLine.Answer answer =
          admin.send(
              replica,
              method,
              path + (waits ? WAIT_FOR_ALL : ""),
              body == null ? "" : body.encode());
      switch (answer.status()) {
        case 200, 201, 204 -> {
          findings.count("written");
          turned.forEach(change -> change.turned(waits));
        }
        case 504 -> {
          findings.count("written, not in force yet");
          turned.forEach(change -> change.turned(false));
        }
        case 503 -> {
          findings.count("not written " + replica.name());
          boolean nothing = answer.body().contains("nothing has been changed");
          turned.forEach(nothing ? Switch::unchanged : Switch::uncertain);
        }
        default -> {
          findings.fault("%s %s at %s: %s".formatted(method, path, replica.name(), answer));
          turned.forEach(Switch::uncertain);
        }
      }
      return answer;
    } catch (IOException e) {
      turned.forEach(Switch::uncertain);
      findings.count("write without an answer");
      if (weather.isCalm(from, System.nanoTime())) {
        findings.fault(replica.name() + " left a write without an answer: " + e);
      }
      return null;
    }
  }

  private <T> T any(List<T> all) {
    return all.get(random.nextInt(all.size()));
  }
}
