package io.postern.bench.peers;

import io.postern.crypto.CryptoProvider;
import io.postern.crypto.MasterKeys;
import io.postern.dev.EmbeddedPostgres;
import io.postern.store.DemoTopology;
import io.postern.store.FirstStart;
import io.postern.store.database.Database;
import io.postern.store.database.Schema;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Comparator;
import java.util.Map;
import java.util.stream.Stream;

/** The PostgreSQL server of a run, durable as in production, with a database for each who asks. */
final class PeerDatabase implements AutoCloseable {
  // Keycloak's pool alone may take 100.
  private static final int MAX_CONNECTIONS = 200;

  private final Path directory;
  private final EmbeddedPostgres postgres;

  private PeerDatabase(Path directory, EmbeddedPostgres postgres) {
    this.directory = directory;
    this.postgres = postgres;
  }

  static PeerDatabase start(Path directory) throws IOException {
    Path cache = EmbeddedPostgres.Options.forDevelopment().cache();
    return new PeerDatabase(
        directory,
        EmbeddedPostgres.start(
            directory, new EmbeddedPostgres.Options(true, MAX_CONNECTIONS, cache)));
  }

  /**
   * Makes Postern's database, with {@link Peer#CLIENT_ID}.
   *
   * @param masterKey base64 of 32 bytes
   * @return its URL, with the password
   */
  String makePostern(String masterKey, String clientSecret) throws SQLException {
    postgres.createDatabase("postern");
    String url = postgres.databaseUrl("postern");
    Database database = Database.parse(url);
    new Schema(database).migrate();
    Vertx vertx = Vertx.vertx();
    try {
      new FirstStart(MasterKeys.parse(masterKey), CryptoProvider.best())
          .prepare(database.pool(vertx), null, new DemoTopology(clientSecret));
    } finally {
      vertx.close().await();
    }
    return url;
  }

  /** Makes an empty database, and answers what a start script reads of it. */
  Map<String, String> makeEmpty(String name) throws SQLException {
    postgres.createDatabase(name);
    URI url = URI.create(postgres.databaseUrl(name));
    String[] user = url.getUserInfo().split(":", 2);
    return Map.of(
        "PEER_DATABASE_PORT",
        Integer.toString(url.getPort()),
        "PEER_DATABASE_NAME",
        name,
        "PEER_DATABASE_USER",
        user[0],
        "PEER_DATABASE_PASSWORD",
        user[1]);
  }

  /** Ends the server and deletes its data. */
  @Override
  public void close() throws IOException {
    postgres.close();
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
