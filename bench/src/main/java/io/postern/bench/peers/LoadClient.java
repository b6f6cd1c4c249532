package io.postern.bench.peers;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The load generator, in a process of its own for each run: {@code bench/load client}. To close it
 * ends the run; that may be done from any thread.
 */
final class LoadClient implements AutoCloseable {
  private static final String CREDENTIALS_VARIABLE = "PEERS_BASIC";

  private final Path program;
  private final String credentials;
  private final int connections;
  private volatile @Nullable Process process;

  /**
   * @param program {@code bench/load}
   * @param credentials id and secret, with a colon between
   */
  LoadClient(Path program, String credentials, int connections) {
    this.program = program;
    this.credentials = credentials;
    this.connections = connections;
  }

  /**
   * What one run saw.
   *
   * @param perSecond tokens a second in the window
   * @param tokens in all of the run, those before the window too
   * @param p99Micros latency in the window
   */
  record Result(double perSecond, long tokens, double p99Micros) {}

  /**
   * Loads a peer, closed loop.
   *
   * @param lead for how long before the window, so that the generator itself is warm
   * @throws PeersException when a request failed
   */
  Result run(PeerProcess target, Duration lead, Duration window)
      throws IOException, InterruptedException {
    ProcessBuilder builder =
        new ProcessBuilder(
                List.of(
                    program.toString(),
                    "client",
                    "--url=" + target.url(target.peer().tokenPath()),
                    "--form=" + target.peer().form(),
                    "--basic-env=" + CREDENTIALS_VARIABLE,
                    "--connections=" + connections,
                    "--warmup=" + lead.toSeconds(),
                    "--seconds=" + window.toSeconds(),
                    "--json"))
            .redirectError(ProcessBuilder.Redirect.INHERIT);
    builder.environment().put(CREDENTIALS_VARIABLE, credentials);
    Process client = builder.start();
    process = client;
    String output = new String(client.getInputStream().readAllBytes(), UTF_8);
    if (client.waitFor() != 0) {
      throw new PeersException("the load on " + target.peer().id() + " failed: " + output.strip());
    }
    JsonNode json = new ObjectMapper().readTree(output);
    return new Result(
        json.required("per_second").asDouble(),
        json.required("statuses").required("200").asLong(),
        json.required("p99_micros").asDouble());
  }

  @Override
  public void close() {
    Process running = process;
    if (running != null) {
      running.destroy();
    }
  }
}
