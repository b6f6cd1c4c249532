package io.postern.bench.load;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.postern.crypto.CryptoProvider;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * One fleet's registry in PostgreSQL, the gateways that serve it and the ceiling, all running; one
 * at a time is loaded.
 */
final class Arena implements AutoCloseable {
  /**
   * What is to run.
   *
   * @param distribution the folder of the gateway that was built
   * @param variants names of gateways, each with further options of its JVM
   * @param zipf whether few agents ask most of the time
   */
  record Setting(
      Path distribution, Map<String, List<String>> variants, int eventLoops, boolean zipf) {
    Setting {
      variants = Map.copyOf(variants);
    }

    List<String> names() {
      return variants.keySet().stream().sorted().toList();
    }
  }

  /** The setting by which a gateway sends its traces to a receiver here. */
  static final String TRACED = "POSTERN_OTLP_ENDPOINT=";

  private final Setting setting;
  private final Fleet fleet;
  private final Workbench workbench = new Workbench();
  private final BenchDatabase database;
  private final RequestMaker requests;

  /** Starts and seeds the database; no server yet. */
  Arena(Setting setting, Fleet fleet) {
    this.setting = setting;
    this.fleet = fleet;
    CryptoProvider provider = CryptoProvider.best();
    AgentKeys keys = new AgentKeys(provider);
    try {
      this.database = workbench.add(BenchDatabase.start(workbench.directory().resolve("postgres")));
      database.seed(fleet, keys, Arena::say);
    } catch (RuntimeException e) {
      workbench.close();
      throw e;
    }
    AgentChoice choice =
        setting.zipf() ? AgentChoice.zipf(fleet.agents()) : AgentChoice.uniform(fleet.agents());
    this.requests = new RequestMaker(fleet, keys, choice, provider);
  }

  /** Tells whoever waits. */
  static void say(String what) {
    System.err.println(what);
  }

  Fleet fleet() {
    return fleet;
  }

  RequestMaker requests() {
    return requests;
  }

  /** Starts a gateway; the caller may end it before this is closed. */
  ServerProcess startGateway(String variant) {
    List<String> options =
        setting.variants().getOrDefault(variant, List.of()).stream()
            .map(option -> option.equals(TRACED) ? TRACED + traces().url() : option)
            .toList();
    return workbench.add(
        ServerProcess.gateway(
            setting.distribution(),
            database,
            setting.eventLoops(),
            options,
            workbench.directory()));
  }

  private TraceReceiver traces() {
    return workbench.add(TraceReceiver.start());
  }

  /** Starts a gateway for each variant, and the ceiling, which is the last. */
  List<Subject> startAll() {
    List<Subject> subjects = new ArrayList<>();
    for (String variant : setting.names()) {
      subjects.add(subject(variant, Target.GATEWAY, startGateway(variant)));
    }
    Subject gateway = subjects.getFirst();
    ServerProcess ceiling =
        workbench.add(
            ServerProcess.ceiling(
                lengthsOf(gateway.server()), setting.eventLoops(), workbench.directory()));
    subjects.add(subject("ceiling", Target.CEILING, ceiling));
    return subjects;
  }

  private Subject subject(String name, Target target, ServerProcess server) {
    Duration untilOpen = server.awaitOpen();
    say("%s is up after %.2f s".formatted(name, untilOpen.toNanos() / 1e9));
    return new Subject(name, target, server, workbench.add(Vitals.of(server)), untilOpen);
  }

  /** What the gateway's answers measure, from one of each kind. */
  private Map<RequestKind, CeilingServer.Lengths> lengthsOf(ServerProcess gateway) {
    Map<RequestKind, CeilingServer.Lengths> lengths = new EnumMap<>(RequestKind.class);
    try {
      ObjectMapper json = new ObjectMapper();
      for (RequestKind kind : RequestKind.values()) {
        Exchange answer =
            Exchange.with(gateway.address().getPort(), requests.make(kind, Target.GATEWAY));
        if (answer.status() != kind.status()) {
          throw new LoadException(kind + " was answered with status " + answer.status());
        }
        String token = json.readTree(answer.body()).path("access_token").asText("");
        lengths.put(
            kind,
            new CeilingServer.Lengths(Math.max(0, token.lastIndexOf('.')), answer.body().length()));
      }
    } catch (IOException e) {
      throw new LoadException("the gateway did not answer: " + e.getMessage(), e);
    }
    return lengths;
  }

  @Override
  public void close() {
    workbench.close();
  }
}
