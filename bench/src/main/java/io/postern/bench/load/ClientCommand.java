package io.postern.bench.load;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code bench/load client}: one request, over and over, to any token endpoint. */
@Command(
    name = "client",
    mixinStandardHelpOptions = true,
    description = "Sends one POST over and over to any URL and prints throughput and latency.")
final class ClientCommand implements Callable<Integer> {
  private static final String FORM = "application/x-www-form-urlencoded";

  @Spec private CommandSpec spec;

  @Option(names = "--url", required = true, description = "http://host:port/path")
  private URI url = URI.create("");

  @Option(names = "--form", description = "The form-encoded body.")
  private String form = "";

  @Option(
      names = "--form-file",
      paramLabel = "FILE",
      description = "The file that holds the body: for one with a secret in it.")
  private @Nullable Path formFile;

  @Option(
      names = "--basic-env",
      paramLabel = "NAME",
      description =
          "The environment variable that holds id:secret for the Basic header, both form-encoded.")
  private @Nullable String basicVariable;

  @Option(names = "--basic-file", paramLabel = "FILE", description = "The file that holds it.")
  private @Nullable Path basicFile;

  @Option(names = "--header", paramLabel = "'NAME: VALUE'", description = "A further header field.")
  private List<String> headers = List.of();

  @Option(names = "--connections", description = "Default: ${DEFAULT-VALUE}")
  private int connections = 64;

  @Option(names = "--threads", description = "Event loops. Default: one for every four cores")
  private int threads = LoadGenerator.defaultThreads();

  @Option(names = "--warmup", description = "Seconds before the window. Default: ${DEFAULT-VALUE}")
  private double warmup = 1;

  @Option(names = "--seconds", description = "Measured window. Default: ${DEFAULT-VALUE}")
  private double seconds = 10;

  @Option(
      names = "--rate",
      description =
          "Requests a second, sent at their times, from which latency counts (open loop). Default:"
              + " each connection sends the next when it has its answer (closed loop)")
  private @Nullable Double rate;

  @Option(names = "--expect", description = "The right status. Default: ${DEFAULT-VALUE}")
  private int status = 200;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Override
  public Integer call() throws IOException {
    if (!"http".equals(url.getScheme()) || url.getHost() == null) {
      throw new ParameterException(spec.commandLine(), "--url must be http://host:port/path");
    }
    InetSocketAddress target =
        new InetSocketAddress(url.getHost(), url.getPort() < 0 ? 80 : url.getPort());
    LoadGenerator.Plan plan =
        new LoadGenerator.Plan(connections, rate, duration(warmup), duration(seconds));
    LoadResult result;
    try (LoadGenerator generator = new LoadGenerator(threads)) {
      result = generator.run(target, Requests.cycled(List.of(request())), plan);
    }
    spec.commandLine().getOut().println(json ? json(result) : result.toString());
    result.requireGood(url.toString());
    return 0;
  }

  private Request request() throws IOException {
    byte[] body = (formFile == null ? form : Files.readString(formFile).strip()).getBytes(UTF_8);
    String path = url.getRawPath().isEmpty() ? "/" : url.getRawPath();
    StringBuilder head = new StringBuilder("POST ").append(path);
    if (url.getRawQuery() != null) {
      head.append('?').append(url.getRawQuery());
    }
    head.append(" HTTP/1.1\r\nHost: ").append(url.getRawAuthority());
    head.append("\r\nContent-Type: ").append(FORM);
    head.append("\r\nContent-Length: ").append(body.length).append("\r\n");
    String basic = basic();
    if (basic != null) {
      head.append("Authorization: Basic ");
      head.append(Base64.getEncoder().encodeToString(basic.getBytes(UTF_8))).append("\r\n");
    }
    headers.forEach(field -> head.append(field).append("\r\n"));
    byte[] headBytes = head.append("\r\n").toString().getBytes(UTF_8);
    byte[] bytes = new byte[headBytes.length + body.length];
    System.arraycopy(headBytes, 0, bytes, 0, headBytes.length);
    System.arraycopy(body, 0, bytes, headBytes.length, body.length);
    return new Request(bytes, status);
  }

  private @Nullable String basic() throws IOException {
    if (basicFile != null) {
      return Files.readString(basicFile).strip();
    }
    if (basicVariable == null) {
      return null;
    }
    String value = System.getenv(basicVariable);
    if (value == null) {
      throw new ParameterException(spec.commandLine(), basicVariable + " is not set");
    }
    return value;
  }

  private static String json(LoadResult result) {
    ObjectNode node = new ObjectMapper().createObjectNode();
    node.put("per_second", result.perSecond());
    node.put("requests", result.latency().getTotalCount()).put("seconds", result.seconds());
    node.put("p50_micros", result.micros(50)).put("p90_micros", result.micros(90));
    node.put("p99_micros", result.micros(99)).put("p999_micros", result.micros(99.9));
    node.put("max_micros", result.micros(100)).put("failures", result.failures());
    ObjectNode statuses = node.putObject("statuses");
    result.statuses().forEach((code, count) -> statuses.put(Integer.toString(code), count));
    return node.toString();
  }

  private static Duration duration(double seconds) {
    return Duration.ofNanos((long) (seconds * 1e9));
  }
}
