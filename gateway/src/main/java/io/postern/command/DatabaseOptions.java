package io.postern.command;

import io.postern.store.database.Database;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where the database is. */
final class DatabaseOptions {
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
  Database database() {
    String url =
        Secrets.require(
            "POSTERN_DATABASE_URL",
            databaseUrl,
            databaseUrlFile,
            "postgresql://user:password@host:port/database");
    return GatewayOptions.parse("POSTERN_DATABASE_URL", url, Database::parse);
  }
}
