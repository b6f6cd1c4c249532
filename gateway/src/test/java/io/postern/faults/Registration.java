package io.postern.faults;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Registers services and agents through the admin API, and makes the model of them. */
final class Registration {
  private static final int SERVICES = 3;
  private static final int SCOPES = 4;
  private static final int AGENTS = 16;
  private static final int STEADY_OF = 4;

  private final AdminClient admin = new AdminClient();
  private final Replica replica;

  Registration(Replica replica) {
    this.replica = replica;
  }

  /** All of them, each agent with one secret and all scopes. */
  Model model() throws IOException {
    List<Model.Service> services = new ArrayList<>();
    for (int i = 0; i < SERVICES; i++) {
      services.add(
          service("s" + i, IntStream.range(0, SCOPES).mapToObj(n -> "scope" + n).toList()));
    }
    List<Model.Agent> agents = new ArrayList<>();
    for (int i = 0; i < AGENTS; i++) {
      agents.add(agent("agent-" + i, i % STEADY_OF == 0, services));
    }
    return new Model(services, agents);
  }

  /** A service with scopes. */
  Model.Service service(String name, List<String> scopes) throws IOException {
    String audience = "https://" + name + ".example.com";
    JsonObject made =
        admin.require(
            replica,
            "POST",
            "/services",
            new JsonObject()
                .put("name", name)
                .put("audience", audience)
                .put(
                    "scopes",
                    new JsonArray(
                        scopes.stream()
                            .map(scope -> new JsonObject().put("value", scope))
                            .toList())));
    return new Model.Service(made.getString("service_id"), audience, scopes);
  }

  /** An agent with one secret and all scopes of these services. */
  Model.Agent agent(String clientId, boolean steady, List<Model.Service> services)
      throws IOException {
    Model.Agent agent = Model.Agent.of(clientId, steady, services);
    agent.active().turning(true);
    admin.require(
        replica,
        "POST",
        "/agents",
        new JsonObject().put("name", clientId).put("client_id", clientId));
    agent.active().turned(false);
    Switch live = new Switch();
    live.turning(true);
    JsonObject secret =
        admin.require(replica, "POST", "/agents/" + clientId + "/secrets", new JsonObject());
    live.turned(false);
    agent
        .secrets()
        .add(
            new Model.Secret(
                secret.getString("secret_id"), secret.getString("client_secret"), live));
    for (Model.Service service : services) {
      agent.grants().get(service.id()).values().forEach(scope -> scope.turning(true));
      admin.require(
          replica,
          "PUT",
          "/agents/" + clientId + "/grants/" + service.id(),
          new JsonObject().put("scopes", new JsonArray(service.scopes())));
      agent.grants().get(service.id()).values().forEach(scope -> scope.turned(false));
    }
    return agent;
  }
}
