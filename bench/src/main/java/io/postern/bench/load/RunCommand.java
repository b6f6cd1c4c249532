package io.postern.bench.load;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code bench/load run}: the whole gateway beside the ceiling. */
@Command(
    name = "run",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description =
        "Starts PostgreSQL, seeds a fleet, starts the gateway and the ceiling, loads them in turns"
            + " and prints how they compare.")
final class RunCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = "--agents",
      split = ",",
      description = "Sizes of fleets, one after the other. Default: 1000")
  private List<Integer> agents = List.of(1000);

  @Option(
      names = "--scenarios",
      split = ",",
      description = "secret-es256, secret-rs256, key-es256, mixed, bad-10. Default: all")
  private List<String> scenarios = Scenario.labels();

  @Option(names = "--rounds", description = "Default: ${DEFAULT-VALUE}")
  private int rounds = 5;

  @Option(names = "--seconds", description = "Of a measured window. Default: ${DEFAULT-VALUE}")
  private int seconds = 10;

  @Option(
      names = "--warmup",
      description = "Seconds, of each server for each scenario. Default: ${DEFAULT-VALUE}")
  private int warmUp = 20;

  @Option(names = "--settle", description = "Seconds before a window. Default: ${DEFAULT-VALUE}")
  private int settle = 1;

  @Option(names = "--connections", description = "Of the closed loop. Default: ${DEFAULT-VALUE}")
  private int connections = 64;

  @Option(names = "--open-connections", description = "Of the open loop. Default: ${DEFAULT-VALUE}")
  private int openConnections = 128;

  @Option(
      names = "--threads",
      description = "The generator's event loops. Default: one for every four cores")
  private int threads = LoadGenerator.defaultThreads();

  @Mixin private GatewayOptions gatewayOptions;

  @Option(names = "--json", paramLabel = "FILE", description = "Also write all windows as JSON.")
  private @Nullable Path json;

  @Override
  public Integer call() throws IOException {
    List<Scenario> wanted = wanted();
    Rounds.Plan plan =
        new Rounds.Plan(
            rounds,
            connections,
            openConnections,
            Duration.ofSeconds(warmUp),
            Duration.ofSeconds(settle),
            Duration.ofSeconds(seconds));
    ObjectNode report = Machine.describe(new ObjectMapper().createObjectNode());
    report.put("date", Instant.now().toString());
    report.put("command", String.join(" ", spec.commandLine().getParseResult().originalArgs()));
    for (int size : agents) {
      try (Arena arena = new Arena(gatewayOptions.setting(), new Fleet(size));
          LoadGenerator generator = new LoadGenerator(threads)) {
        List<Subject> subjects = arena.startAll();
        List<Rounds.Result> results = new ArrayList<>();
        for (Scenario scenario : wanted) {
          results.add(new Rounds(generator, arena.requests(), subjects, plan, scenario).run());
        }
        LoadReport of = new LoadReport(arena.fleet(), subjects, results);
        spec.commandLine().getOut().println(of.text());
        report.withArray("fleets").add(of.json());
      }
    }
    if (json != null) {
      Files.writeString(json, report.toPrettyString() + "\n");
    }
    return 0;
  }

  private List<Scenario> wanted() {
    try {
      return scenarios.stream().map(Scenario::require).toList();
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
    }
  }
}
