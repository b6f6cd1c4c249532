package io.postern.store.database;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.List;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.CoreErrorCode;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.MigrationInfoService;
import org.flywaydb.core.api.MigrationState;
import org.flywaydb.core.api.configuration.FluentConfiguration;
import org.flywaydb.core.api.exception.FlywayValidateException;

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

    SchemaException(Database database, String reason) {
      super(database + ": " + reason);
    }
  }

  private final Database database;
  private final DataSource source;
  private final Flyway flyway;

  public Schema(Database database) {
    this.database = database;
    this.source = database.dataSource();
    FluentConfiguration configuration =
        Flyway.configure()
            .dataSource(source)
            .locations("classpath:io/postern/store/database/migration")
            .validateMigrationNaming(true);
    if (database.schema() != null) {
      configuration.defaultSchema(database.schema());
    }
    this.flyway = configuration.load();
  }

  /**
   * Applies what is missing, and makes the schema if it has a name and does not exist; several may
   * try at once.
   *
   * @return how many migrations were applied
   * @throws SchemaException when the database cannot be reached, is unfit or refuses
   */
  public int migrate() {
    requireFit();
    try {
      return flyway.migrate().migrationsExecuted;
    } catch (FlywayValidateException e) {
      throw new SchemaException(
          database,
          "migration %s failed, or is not the one that this version has: run the version that made"
                  .formatted(String.join(", ", damaged()))
              + " the schema, or restore a backup; see its flyway_schema_history");
    } catch (FlywayException e) {
      throw failure(e);
    }
  }

  private void requireFit() {
    String fault;
    try (Connection connection = source.getConnection();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(SessionFacts.QUERY)) {
      row.next();
      fault = database.fault(SessionFacts.of(row));
    } catch (SQLException e) {
      throw new SchemaException(database, FailureReason.of(e));
    }
    if (fault != null) {
      throw new SchemaException(database, fault);
    }
  }

  private SchemaException failure(FlywayException e) {
    return new SchemaException(
        database,
        e.getErrorCode() == CoreErrorCode.NON_EMPTY_SCHEMA_WITHOUT_SCHEMA_HISTORY_TABLE
            ? "the schema has tables that are not Postern's: take another database, or name a"
                + " schema of its own with POSTERN_DATABASE_SCHEMA"
            : FailureReason.of(e));
  }

  private List<String> damaged() {
    return Arrays.stream(flyway.info().applied())
        .filter(Schema::isDamaged)
        .map(migration -> String.valueOf(migration.getVersion()))
        .toList();
  }

  private static boolean isDamaged(MigrationInfo migration) {
    return migration.getState().isFailed() || !migration.isChecksumMatching();
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
      throw failure(e);
    }
    boolean older = false;
    for (MigrationInfo migration : info.all()) {
      MigrationState state = migration.getState();
      if (state == MigrationState.FUTURE_SUCCESS || state == MigrationState.FUTURE_FAILED) {
        return State.NEWER;
      }
      if (isDamaged(migration)) {
        return State.DAMAGED;
      }
      older |= !state.isApplied();
    }
    return older ? State.OLDER : State.CURRENT;
  }
}
