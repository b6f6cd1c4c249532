package io.postern.bench.peers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The {@code bench/peers/run} command. */
@Command(
    name = "bench/peers/run",
    sortOptions = false,
    description =
        "Measures Postern and the peers that are installed: client_credentials with a secret in"
            + " the Basic header, for a JWT that is signed with ES256.",
    footer = {
      "",
      "All servers run at once, one at a time is under load, and rounds alternate.",
      "Peers: postern, keycloak, spring-best, spring-as-shipped, oidc-provider."
    })
public final class PeersCommand implements Callable<Integer> {
  /** {@code bench/peers}, set by the script. */
  private static final Path HOME = Path.of(System.getProperty("postern.peers", "bench/peers"));

  @Option(
      names = "--only",
      paramLabel = "PEER",
      split = ",",
      description = "Only these, separated by commas. Default: all")
  private List<String> only = Peer.ids();

  @Option(names = "--rounds", description = "Default: ${DEFAULT-VALUE}")
  private int rounds = 5;

  @Option(names = "--seconds", description = "Measured in each round. Default: ${DEFAULT-VALUE}")
  private int seconds = 10;

  @Option(
      names = "--lead",
      description = "Seconds of load before them in each round. Default: ${DEFAULT-VALUE}")
  private int lead = 3;

  @Option(names = "--connections", description = "Default: ${DEFAULT-VALUE}")
  private int connections = 64;

  @Option(
      names = "--warmup",
      description = "Seconds of load before the first round. Default: ${DEFAULT-VALUE}")
  private int warmup = 60;

  @Option(
      names = "--keycloak-warmup",
      description = "The same for Keycloak, which takes long. Default: ${DEFAULT-VALUE}")
  private int keycloakWarmup = 600;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Shows this and exits.")
  @SuppressWarnings("UnusedVariable")
  private boolean help;

  @Option(
      names = "--output",
      paramLabel = "FILE",
      description = "Where the table goes, besides the terminal. Default: bench/target/peers.md")
  private Path output = HOME.resolveSibling("target").resolve("peers.md");

  /** Exits with 0, with 1 when the measurement failed, with 2 for a bad option. */
  public static void main(String[] arguments) {
    System.exit(
        new CommandLine(new PeersCommand())
            .setExecutionExceptionHandler(
                (e, command, result) -> {
                  if (e instanceof PeersException || e instanceof IllegalArgumentException) {
                    command.getErr().println("peers: " + e.getMessage());
                    return command.getCommandSpec().exitCodeOnExecutionException();
                  }
                  throw e;
                })
            .execute(arguments));
  }

  @Override
  public Integer call() throws IOException, SQLException, InterruptedException {
    List<Peer> installed = installed();
    Path target = Files.createDirectories(HOME.resolveSibling("target").resolve("peers"));
    Path directory = Files.createTempDirectory(target, "run-").toRealPath();
    try (RunningPeers servers = new RunningPeers(HOME, directory)) {
      Runtime.getRuntime().addShutdownHook(new Thread(servers::close));
      List<PeerProcess> started = started(servers, installed);
      report(measure(started, servers.newClient(connections)));
    }
    return 0;
  }

  private List<Peer> installed() {
    List<Peer> installed = new ArrayList<>();
    for (Peer peer : only.stream().map(Peer::of).sorted().distinct().toList()) {
      if (peer.isInstalled(HOME)) {
        installed.add(peer);
      } else {
        say("skipped: %s is not installed; run %s", peer.id(), peer.install());
      }
    }
    if (installed.isEmpty()) {
      throw new PeersException("there is nothing to measure");
    }
    return installed;
  }

  private static List<PeerProcess> started(RunningPeers servers, List<Peer> peers)
      throws IOException, SQLException, InterruptedException {
    PeerDatabase database = servers.startDatabase();
    List<PeerProcess> started = new ArrayList<>();
    try (TokenCheck check = new TokenCheck()) {
      for (Peer peer : peers) {
        say("starting %s", peer.id());
        PeerProcess process = servers.start(peer, database);
        check.awaitReady(process);
        check.check(process, servers.credentials());
        started.add(process);
      }
    }
    say("one token of each is verified: ES256, issuer, audience, client, scope");
    return started;
  }

  private Map<Peer, List<Round>> measure(List<PeerProcess> servers, LoadClient client)
      throws IOException, InterruptedException {
    // The longest last: a failure of the others shows before it.
    for (PeerProcess server :
        servers.stream().sorted(Comparator.comparingInt(this::warmupOf)).toList()) {
      say("warming up %s for %d s", server.peer().id(), warmupOf(server));
      client.run(server, Duration.ZERO, Duration.ofSeconds(warmupOf(server)));
    }
    Map<Peer, List<Round>> measured = new EnumMap<>(Peer.class);
    for (int i = 1; i <= rounds; i++) {
      for (PeerProcess server : servers) {
        Round round = round(client, server);
        say("round %d, %s: %,.0f/s", i, server.peer().id(), round.perSecond());
        measured.computeIfAbsent(server.peer(), peer -> new ArrayList<>()).add(round);
      }
    }
    return measured;
  }

  private int warmupOf(PeerProcess server) {
    return server.peer() == Peer.KEYCLOAK ? keycloakWarmup : warmup;
  }

  private Round round(LoadClient client, PeerProcess server)
      throws IOException, InterruptedException {
    Duration before = server.cpuTime();
    LoadClient.Result result =
        client.run(server, Duration.ofSeconds(lead), Duration.ofSeconds(seconds));
    Duration used = server.cpuTime().minus(before);
    server.requireAlive();
    return new Round(
        result.perSecond(),
        result.p99Micros(),
        used.toNanos() / 1e3 / result.tokens(),
        server.residentBytes());
  }

  private void report(Map<Peer, List<Round>> measured) throws IOException {
    Map<Peer, String> versions = new EnumMap<>(Peer.class);
    for (Peer peer : measured.keySet()) {
      versions.put(peer, InstalledVersion.of(peer, HOME));
    }
    String text =
        """
        %s, %s, %d cores, JDK %s. %d rounds of %d s, %d connections, the load generator on the \
        same machine; after %d s of load each, Keycloak after %d s.

        %s\
        """
            .formatted(
                LocalDate.now(ZoneOffset.UTC),
                processor(),
                Runtime.getRuntime().availableProcessors(),
                Runtime.version(),
                rounds,
                seconds,
                connections,
                warmup,
                keycloakWarmup,
                new PeersTable(versions, measured));
    Files.writeString(output, text);
    System.out.printf("%n%s%nin %s%n", text, output);
  }

  private static String processor() throws IOException {
    try (Stream<String> lines = Files.lines(Path.of("/proc/cpuinfo"))) {
      return lines
          .filter(line -> line.startsWith("model name"))
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .findFirst()
          .orElse(System.getProperty("os.arch"));
    }
  }

  private static void say(String message, @Nullable Object... arguments) {
    System.err.printf("peers: " + message + "%n", arguments);
  }
}
