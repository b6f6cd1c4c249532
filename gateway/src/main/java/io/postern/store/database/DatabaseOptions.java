package io.postern.store.database;

import io.postern.setting.Secrets;
import io.postern.setting.Settings;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where the database is. */
public final class DatabaseOptions {
  @Option(
      names = "--database-url",
      paramLabel = "URL",
      description =
          "postgresql://user:password@host:port/database?sslmode=... Several hosts have commas"
              + " between. Required.")
  @Nullable String databaseUrl;

  @Option(
      names = "--database-url-file",
      paramLabel = "FILE",
      description = "The file that holds it.")
  @Nullable Path databaseUrlFile;

  @Option(
      names = "--database-schema",
      paramLabel = "NAME",
      description =
          "The schema that holds Postern's tables; postern migrate makes it. Default: the first of"
              + " the role's search_path, as a rule public")
  @Nullable String databaseSchema;

  /**
   * The database.
   *
   * @throws SettingException when it is missing or malformed
   */
  public Database database() {
    String url =
        Secrets.require(
            "POSTERN_DATABASE_URL",
            databaseUrl,
            databaseUrlFile,
            "postgresql://user:password@host:port/database");
    Database database = Settings.parse("POSTERN_DATABASE_URL", url, Database::parse);
    return databaseSchema == null
        ? database
        : Settings.parse("POSTERN_DATABASE_SCHEMA", databaseSchema, database::withSchema);
  }
}
