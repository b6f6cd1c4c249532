package io.postern.faults;

import io.postern.dev.BreakablePostgres;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Three gateways as processes, each with its own ways to the one database. */
final class Fleet implements AutoCloseable {
  static final String ISSUER = "http://tokens.example.com";

  private static final int SIZE = 3;
  private static final String MASTER_KEY = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

  private final List<Replica> replicas;

  /**
   * Starts them on a database that has its schema, and waits until they are ready.
   *
   * @param hosts how many hosts the database has in their URLs; each leads to this server
   * @param settings beside the usual ones
   */
  Fleet(BreakablePostgres postgres, String database, int hosts, Map<String, String> settings) {
    Map<String, String> all =
        new HashMap<>(
            Map.of(
                "POSTERN_ISSUER",
                ISSUER,
                "POSTERN_MASTER_KEY",
                MASTER_KEY,
                "POSTERN_BOOTSTRAP_ADMIN_SECRET",
                AdminClient.SECRET,
                "POSTERN_DRAIN_DELAY",
                "PT0S",
                "POSTERN_JAVA_OPTS",
                "-Xmx256m"));
    all.putAll(settings);
    replicas =
        IntStream.rangeClosed(1, SIZE)
            .mapToObj(
                number -> {
                  List<TcpProxy> ways =
                      IntStream.range(0, hosts)
                          .mapToObj(host -> new TcpProxy(postgres.port()))
                          .toList();
                  int[] ports = ways.stream().mapToInt(TcpProxy::port).toArray();
                  return new Replica("replica " + number, ways, postgres.url(database, ports), all);
                })
            .toList();
    replicas.forEach(Replica::start);
    replicas.forEach(Replica::awaitReady);
  }

  List<Replica> replicas() {
    return replicas;
  }

  Replica replica(int index) {
    return replicas.get(index);
  }

  /** Leads all of them to a database server, from the next connection on. */
  void leadTo(BreakablePostgres postgres) {
    replicas.forEach(replica -> replica.database().target(postgres.port()));
  }

  @Override
  public void close() {
    replicas.forEach(Replica::close);
  }
}
