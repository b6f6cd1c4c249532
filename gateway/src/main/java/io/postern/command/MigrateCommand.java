package io.postern.command;

import io.postern.logging.LoggingOptions;
import io.postern.store.database.Database;
import io.postern.store.database.DatabaseOptions;
import io.postern.store.database.Schema;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code postern migrate}. */
@Command(
    mixinStandardHelpOptions = true,
    description = "Applies the schema's migrations to your PostgreSQL and exits.")
public final class MigrateCommand implements Callable<Integer> {
  @Mixin private LoggingOptions loggingOptions;
  @Mixin private DatabaseOptions databaseOptions;

  @Override
  public Integer call() {
    loggingOptions.apply();
    Database database = databaseOptions.database();
    Schema schema = new Schema(database);
    if (schema.state() == Schema.State.NEWER) {
      throw new StartException(
          "the schema of %s is newer than this version: run a newer postern".formatted(database));
    }
    int applied = schema.migrate();
    System.out.println(
        applied == 0
            ? "The schema of %s is up to date.".formatted(database)
            : "Applied %d migration(s) to %s.".formatted(applied, database));
    return 0;
  }
}
