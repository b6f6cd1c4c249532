package io.postern.bench.load;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Option;

/** The options that say which gateways run. */
final class GatewayOptions {
  @Option(
      names = "--distribution",
      paramLabel = "DIR",
      description = "The gateway that is measured. Default: gateway/target/postern")
  private Path distribution = Path.of(System.getProperty("postern.distribution", "postern"));

  @Option(
      names = "--variant",
      paramLabel = "NAME=FLAGS",
      description =
          "A gateway with these JVM flags and settings (POSTERN_...=VALUE), separated by blanks;"
              + " repeat it to compare several in one run. Default: one without any")
  private Map<String, String> variants = new LinkedHashMap<>();

  @Option(names = "--event-loops", description = "Of each server. Default: one for each core")
  private int eventLoops = Runtime.getRuntime().availableProcessors();

  @Option(
      names = "--zipf",
      description = "Few agents ask most of the time. Default: each as often as any other")
  private boolean zipf;

  @Option(
      names = "--observed",
      description =
          "Two gateways: off tells nothing of its requests, on has metrics, keeps the last"
              + " decisions, writes the decision log to a file and records the trace of one request"
              + " in a hundred.")
  private boolean observed;

  Arena.Setting setting() {
    Map<String, List<String>> options = new LinkedHashMap<>();
    variants.forEach(
        (name, flags) ->
            options.put(name, flags.isBlank() ? List.of() : List.of(flags.strip().split(" +"))));
    if (observed) {
      options.put("off", List.of("POSTERN_REQUEST_METRICS=false", "POSTERN_DECISION_MEMORY=0"));
      options.put("on", List.of("POSTERN_DECISION_LOG=file:decisions.log", Arena.TRACED));
    }
    if (options.isEmpty()) {
      options.put("gateway", List.of());
    }
    return new Arena.Setting(distribution.toAbsolutePath().normalize(), options, eventLoops, zipf);
  }
}
