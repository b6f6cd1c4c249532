package io.postern.testing;

import io.postern.dev.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicInteger;

/** The one PostgreSQL server of a test run. */
public final class TestPostgres {
  private static final AtomicInteger COUNT = new AtomicInteger();
  private static final EmbeddedPostgres SERVER = start();

  private TestPostgres() {}

  /** The URL of a new, empty database. */
  public static String newDatabase() {
    String name = "test_" + ProcessHandle.current().pid() + "_" + COUNT.incrementAndGet();
    try {
      SERVER.createDatabase(name);
      return SERVER.databaseUrl(name);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private static EmbeddedPostgres start() {
    try {
      // a directory for each process, so that runs side by side do not meet
      Path directory = Path.of("target", "postgres", "" + ProcessHandle.current().pid());
      EmbeddedPostgres server =
          EmbeddedPostgres.start(directory, EmbeddedPostgres.Options.forTests());
      Runtime.getRuntime().addShutdownHook(new Thread(() -> close(server)));
      return server;
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
