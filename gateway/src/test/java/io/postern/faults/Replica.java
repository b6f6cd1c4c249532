package io.postern.faults;

import io.postern.dev.BreakablePostgres;
import io.postern.testing.PosternProcess;
import io.postern.testing.TestGateway;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** One gateway of a fleet: a process, its ports, and its own ways to the database. */
final class Replica implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  private final String name;
  private final List<TcpProxy> ways;
  private final Map<String, String> environment;
  private final int httpPort = TestGateway.freePort();
  private final int managementPort = TestGateway.freePort();
  private volatile PosternProcess process;

  /**
   * @param ways one for each host of the URL
   * @param databaseUrl how it reaches the database, by the proxies' ports
   */
  Replica(String name, List<TcpProxy> ways, String databaseUrl, Map<String, String> settings) {
    this.name = name;
    this.ways = ways;
    environment = new HashMap<>(settings);
    environment.put("POSTERN_DATABASE_URL", databaseUrl);
    environment.put("POSTERN_HTTP_HOST", "127.0.0.1");
    environment.put("POSTERN_HTTP_PORT", "" + httpPort);
    environment.put("POSTERN_MANAGEMENT_PORT", "" + managementPort);
  }

  String name() {
    return name;
  }

  /** Its way to the database, by the first host of the URL. */
  TcpProxy database() {
    return way(0);
  }

  /** Its way by one of the hosts. */
  TcpProxy way(int host) {
    return ways.get(host);
  }

  int httpPort() {
    return httpPort;
  }

  int managementPort() {
    return managementPort;
  }

  PosternProcess process() {
    return process;
  }

  /** Starts it, and does not wait. */
  void start() {
    process = PosternProcess.start(environment, "serve");
  }

  /** Changes a setting of the next start. */
  void setting(String variable, String value) {
    environment.put(variable, value);
  }

  void awaitReady() {
    process.awaitReady("" + managementPort);
  }

  void kill() {
    process.kill();
  }

  /** Stops the process where it is. */
  void pause() throws IOException {
    BreakablePostgres.signal("STOP", process.handle());
  }

  /** Lets it go on. */
  void resume() throws IOException {
    BreakablePostgres.signal("CONT", process.handle());
  }

  /** Whether it says that requests may be sent to it. */
  boolean isReady() {
    try {
      return manage("/health/ready").status() == 200;
    } catch (IOException e) {
      return false;
    }
  }

  /** The value of a metric; NaN if it is not there. */
  double metric(String sample) throws IOException {
    return manage("/metrics")
        .body()
        .lines()
        .filter(line -> line.startsWith(sample + " "))
        .mapToDouble(line -> Double.parseDouble(line.substring(sample.length() + 1)))
        .findFirst()
        .orElse(Double.NaN);
  }

  /** GETs a path of the management listener. */
  HttpLine.Answer manage(String path) throws IOException {
    return HttpLine.once(managementPort, PATIENCE, "GET", path, "", "");
  }

  @Override
  public void close() {
    if (process != null && process.isAlive()) {
      process.kill();
    }
    ways.forEach(TcpProxy::close);
  }
}
