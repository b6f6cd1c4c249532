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
      description = "postgresql://user:password@host:port/database?sslmode=... Required.")
  @Nullable String databaseUrl;

  @Option(
      names = "--database-url-file",
      paramLabel = "FILE",
      description = "The file that holds it.")
  @Nullable Path databaseUrlFile;

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
    return Settings.parse("POSTERN_DATABASE_URL", url, Database::parse);
  }
}
