package io.postern.bench.load;

import io.postern.crypto.AeadKey;
import io.postern.crypto.CryptoProvider;
import io.postern.crypto.MasterKeys;
import io.postern.crypto.SecretHashKey;
import io.postern.dev.EmbeddedPostgres;
import io.postern.store.FirstStart;
import io.postern.store.database.Database;
import io.postern.store.database.Schema;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Base64;
import java.util.function.Consumer;

/** A PostgreSQL server with the registry of a fleet in it; not durable. */
final class BenchDatabase implements AutoCloseable {
  private static final String NAME = "bench";

  private final EmbeddedPostgres server;
  private final String masterKey;

  private BenchDatabase(EmbeddedPostgres server, String masterKey) {
    this.server = server;
    this.masterKey = masterKey;
  }

  /** Starts it, empty, with its data in that directory. */
  static BenchDatabase start(Path directory) {
    byte[] masterKey = new byte[AeadKey.LENGTH];
    new SecureRandom().nextBytes(masterKey);
    try {
      return new BenchDatabase(
          EmbeddedPostgres.start(directory, EmbeddedPostgres.Options.forTests()),
          Base64.getEncoder().encodeToString(masterKey));
    } catch (IOException e) {
      throw new LoadException("PostgreSQL did not start: " + e.getMessage(), e);
    }
  }

  /** Migrates and seeds it, once. */
  void seed(Fleet fleet, AgentKeys keys, Consumer<String> progress) {
    try {
      server.createDatabase(NAME);
      migrateAndSeed(fleet, keys, progress);
    } catch (SQLException e) {
      throw new LoadException("the database cannot be seeded: " + e.getMessage(), e);
    }
  }

  private void migrateAndSeed(Fleet fleet, AgentKeys keys, Consumer<String> progress)
      throws SQLException {
    CryptoProvider provider = CryptoProvider.best();
    Database database = Database.parse(url());
    new Schema(database).migrate();
    SecretHashKey hashKey;
    Vertx vertx = Vertx.vertx();
    try {
      hashKey =
          new FirstStart(MasterKeys.parse(masterKey), provider)
              .prepare(database.pool(vertx), null, FirstStart.Seed.NONE)
              .keyring()
              .secretHashKeys()
              .getFirst();
    } finally {
      vertx.close().await();
    }
    URI url = URI.create(url());
    String[] user = url.getUserInfo().split(":", 2);
    try (Connection connection =
        DriverManager.getConnection(
            "jdbc:postgresql://127.0.0.1:" + url.getPort() + url.getPath(), user[0], user[1])) {
      new Seeder(fleet, keys, hashKey, provider, progress).seed(connection);
    }
  }

  /** Its URL with the password: not for logs. */
  String url() {
    return server.databaseUrl(NAME);
  }

  /** The master key of its data keys, as the gateway's setting. */
  String masterKey() {
    return masterKey;
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
