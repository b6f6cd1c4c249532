package io.postern.bench.load;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code bench/load cold}: the first token and the first seconds of a gateway. */
@Command(
    name = "cold",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description =
        "Starts the gateway again and again on one database; prints how long the first token takes"
            + " and how the first seconds are under a constant rate.")
final class ColdCommand implements Callable<Integer> {
  private static final int REQUESTS = 100_000;

  @Spec private CommandSpec spec;

  @Option(names = "--agents", description = "Default: ${DEFAULT-VALUE}")
  private int agents = 10_000;

  @Option(names = "--rounds", description = "Starts of each variant. Default: ${DEFAULT-VALUE}")
  private int rounds = 5;

  @Option(
      names = "--rate",
      description = "Requests a second from the first token on. Default: ${DEFAULT-VALUE}")
  private double rate = 5000;

  @Option(names = "--seconds", description = "How long. Default: ${DEFAULT-VALUE}")
  private int seconds = 10;

  @Option(names = "--connections", description = "Default: ${DEFAULT-VALUE}")
  private int connections = 128;

  @Mixin private GatewayOptions gatewayOptions;

  /** One start: since then until it accepted a connection and until it had issued a token. */
  private record Start(Duration open, Duration firstToken, LoadResult load) {}

  @Override
  public Integer call() throws IOException {
    Arena.Setting setting = gatewayOptions.setting();
    Map<String, List<Start>> starts = new LinkedHashMap<>();
    try (Arena arena = new Arena(setting, new Fleet(agents));
        LoadGenerator generator = new LoadGenerator(1)) {
      List<Request> requests = arena.requests().make(Scenario.SECRET, REQUESTS, Target.GATEWAY);
      for (int round = 1; round <= rounds; round++) {
        for (String variant : setting.names()) {
          Start start = start(arena, generator, variant, requests);
          Arena.say(
              "round %d, %s: %d ms; %s"
                  .formatted(round, variant, start.firstToken.toMillis(), start.load));
          starts.computeIfAbsent(variant, name -> new ArrayList<>()).add(start);
        }
      }
    }
    starts.forEach((variant, all) -> spec.commandLine().getOut().println(text(variant, all)));
    return 0;
  }

  private Start start(Arena arena, LoadGenerator generator, String variant, List<Request> requests)
      throws IOException {
    try (ServerProcess gateway = arena.startGateway(variant)) {
      Duration open = gateway.awaitOpen();
      Exchange first = Exchange.with(gateway.address().getPort(), requests.getFirst());
      Duration firstToken = gateway.sinceStart();
      if (first.status() != 200) {
        throw new LoadException("the first answer has status " + first.status());
      }
      LoadResult load =
          generator.run(
              gateway.address(),
              Requests.cycled(requests),
              new LoadGenerator.Plan(
                  connections, rate, Duration.ZERO, Duration.ofSeconds(seconds)));
      return new Start(open, firstToken, load.requireGood(variant));
    }
  }

  private String text(String variant, List<Start> starts) {
    return """
    %s, %,d agents, %d starts: median (lowest..highest)
      process start to open port   %s ms
      process start to first token %s ms
      first %d s at %,.0f/s: p50 %s, p99 %s, p99.9 %s µs\
    """
        .formatted(
            variant,
            agents,
            starts.size(),
            Spread.of(starts, s -> s.open.toNanos() / 1e6).format("%,.0f"),
            Spread.of(starts, s -> s.firstToken.toNanos() / 1e6).format("%,.0f"),
            seconds,
            rate,
            Spread.of(starts, s -> s.load.micros(50)).format("%,.0f"),
            Spread.of(starts, s -> s.load.micros(99)).format("%,.0f"),
            Spread.of(starts, s -> s.load.micros(99.9)).format("%,.0f"));
  }
}
