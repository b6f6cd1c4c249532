package io.postern.testing;

import io.postern.dev.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The one PostgreSQL server of a test run: the embedded one or, for the older versions, one that
 * runs already, named by {@code -Dpostern.test.server=postgresql://user:password@host:port}.
 */
public final class TestPostgres {
  private static final AtomicInteger COUNT = new AtomicInteger();
  private static final String GIVEN = System.getProperty("postern.test.server");
  private static final String SERVER = GIVEN == null ? startEmbedded() : GIVEN;

  private TestPostgres() {}

  /** The URL of a new, empty database. */
  public static String newDatabase() {
    String name = "test_" + ProcessHandle.current().pid() + "_" + COUNT.incrementAndGet();
    try (Connection connection = TestRegistry.connect(SERVER + "/postgres");
        Statement statement = connection.createStatement()) {
      statement.execute("create database " + name);
      return SERVER + "/" + name;
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Ends the gateways' connections to a database and lets no new one in; others stay. */
  public static void cut(String database) {
    onServer(database, "alter database %s allow_connections false");
    onServer(
        database,
        """
        select pg_terminate_backend(pid, 5000) from pg_stat_activity
         where datname = '%s' and application_name like 'postern%%'\
        """);
  }

  /** Undoes {@link #cut}. */
  public static void mend(String database) {
    onServer(database, "alter database %s allow_connections true");
  }

  private static void onServer(String database, String sql) {
    int slash = database.lastIndexOf('/');
    String server = database.substring(0, slash) + "/postgres";
    try (Connection connection = TestRegistry.connect(server);
        Statement statement = connection.createStatement()) {
      statement.execute(sql.formatted(database.substring(slash + 1).split("\\?", 2)[0]));
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String startEmbedded() {
    try {
      // a directory for each process, so that runs side by side do not meet
      Path directory = Path.of("target", "postgres", "" + ProcessHandle.current().pid());
      EmbeddedPostgres server =
          EmbeddedPostgres.start(directory, EmbeddedPostgres.Options.forTests());
      Runtime.getRuntime().addShutdownHook(new Thread(() -> close(server)));
      String url = server.databaseUrl("postgres");
      return url.substring(0, url.lastIndexOf('/'));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void close(EmbeddedPostgres server) {
    try {
      server.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
