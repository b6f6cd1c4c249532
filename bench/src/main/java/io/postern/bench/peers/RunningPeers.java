package io.postern.bench.peers;

import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.Base64;
import java.util.Deque;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;

/**
 * The servers of one run, with one client and one secret that all of them know. To close it ends
 * what it started, and nothing else; it may be closed from any thread, also while it starts.
 */
final class RunningPeers implements AutoCloseable {
  private static final int SECRET_BYTES = 32;
  private static final String HEAP = "-Xms2g -Xmx2g";

  private final Path home;
  private final Path directory;
  private final String secret = HexFormat.of().formatHex(randomBytes());
  private final Deque<AutoCloseable> open = new ArrayDeque<>();
  private boolean closed;

  /**
   * @param home the directory {@code bench/peers}
   * @param directory for the database and the logs of this run
   */
  RunningPeers(Path home, Path directory) {
    this.home = home;
    this.directory = directory;
  }

  /** The id and the secret of the one client, with a colon between. */
  String credentials() {
    return Peer.CLIENT_ID + ":" + secret;
  }

  synchronized PeerDatabase startDatabase() throws IOException {
    requireOpen();
    PeerDatabase database = PeerDatabase.start(directory.resolve("postgres"));
    open.push(database);
    return database;
  }

  /** The load on them, which ends with them. */
  synchronized LoadClient newClient(int connections) {
    requireOpen();
    LoadClient client = new LoadClient(home.resolveSibling("load"), credentials(), connections);
    open.push(client);
    return client;
  }

  /** Starts a peer; it need not answer yet. */
  synchronized PeerProcess start(Peer peer, PeerDatabase database)
      throws IOException, SQLException {
    requireOpen();
    int port = PeerProcess.freePort();
    Map<String, String> environment = new HashMap<>(peer.environment());
    environment.put("JAVA_HOME", System.getProperty("java.home"));
    if (peer == Peer.POSTERN) {
      environment.putAll(posternEnvironment(database, port));
    } else {
      environment.put("PEER_PORT", Integer.toString(port));
      environment.put("PEER_CLIENT_ID", Peer.CLIENT_ID);
      environment.put("PEER_CLIENT_SECRET", secret);
      environment.put("PEER_AUDIENCE", Peer.AUDIENCE);
      environment.put("PEER_SCOPE", Peer.SCOPE);
    }
    if (peer == Peer.KEYCLOAK) {
      environment.putAll(database.makeEmpty("keycloak"));
    }
    Path log = directory.resolve(peer.id() + ".log");
    PeerProcess process = PeerProcess.start(peer, peer.command(home), environment, port, log);
    open.push(process);
    return process;
  }

  private Map<String, String> posternEnvironment(PeerDatabase database, int port)
      throws IOException, SQLException {
    String masterKey = Base64.getEncoder().encodeToString(randomBytes());
    return Map.of(
        "POSTERN_DATABASE_URL",
        database.makePostern(masterKey, secret),
        "POSTERN_MASTER_KEY",
        masterKey,
        "POSTERN_ISSUER",
        "http://127.0.0.1:" + port,
        "POSTERN_HTTP_HOST",
        "127.0.0.1",
        "POSTERN_HTTP_PORT",
        Integer.toString(port),
        "POSTERN_MANAGEMENT_PORT",
        Integer.toString(PeerProcess.freePort()),
        "POSTERN_JAVA_HOME",
        System.getProperty("java.home"),
        "POSTERN_JAVA_OPTS",
        HEAP);
  }

  private void requireOpen() {
    if (closed) {
      throw new PeersException("stopped");
    }
  }

  private static byte[] randomBytes() {
    byte[] bytes = new byte[SECRET_BYTES];
    new SecureRandom().nextBytes(bytes);
    return bytes;
  }

  @Override
  public synchronized void close() {
    closed = true;
    while (!open.isEmpty()) {
      try {
        open.pop().close();
      } catch (Exception e) {
        System.err.println("peers: a server did not stop in good order: " + e.getMessage());
      }
    }
  }

  @Override
  public String toString() {
    return "RunningPeers[directory=%s, secret=<redacted>]".formatted(directory);
  }
}
