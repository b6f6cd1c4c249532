package io.postern.store.database;

import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.MigrationInfoService;
import org.flywaydb.core.api.MigrationState;

/** The database's schema: its migrations, and whether it is the one that this version knows. */
public final class Schema {

  /** How the database's schema compares with the one that this version knows. */
  public enum State {
    CURRENT,
    /** Migrations are missing: run {@code postern migrate}. */
    OLDER,
    /** A newer Postern has migrated it: run that one. */
    NEWER,
    /** A migration failed, or one was changed after it ran. */
    DAMAGED
  }

  /** The database cannot be reached, or refused; the message is one line without secrets. */
  public static final class SchemaException extends RuntimeException {
    private static final long serialVersionUID = 1;

    SchemaException(Database database, FlywayException cause) {
      super(database + ": " + String.valueOf(cause.getMessage()).lines().findFirst().orElse(""));
    }
  }

  private final Database database;
  private final Flyway flyway;

  public Schema(Database database) {
    this.database = database;
    this.flyway =
        Flyway.configure()
            .dataSource(database.jdbcUrl(), database.user(), database.password())
            .locations("classpath:io/postern/store/database/migration")
            .validateMigrationNaming(true)
            .load();
  }

  /**
   * Applies what is missing; several may try at once.
   *
   * @return how many migrations were applied
   * @throws SchemaException when the database cannot be reached or refuses
   */
  public int migrate() {
    try {
      return flyway.migrate().migrationsExecuted;
    } catch (FlywayException e) {
      throw new SchemaException(database, e);
    }
  }

  /**
   * Compares; changes nothing.
   *
   * @throws SchemaException when the database cannot be reached
   */
  public State state() {
    MigrationInfoService info;
    try {
      info = flyway.info();
    } catch (FlywayException e) {
      throw new SchemaException(database, e);
    }
    boolean older = false;
    for (MigrationInfo migration : info.all()) {
      MigrationState state = migration.getState();
      if (state == MigrationState.FUTURE_SUCCESS || state == MigrationState.FUTURE_FAILED) {
        return State.NEWER;
      }
      if (state.isFailed() || !migration.isChecksumMatching()) {
        return State.DAMAGED;
      }
      older |= !state.isApplied();
    }
    return older ? State.OLDER : State.CURRENT;
  }
}
