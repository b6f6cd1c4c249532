package io.postern.command;

import io.postern.GatewaySettings;
import io.postern.crypto.MasterKeys;
import io.postern.dev.DevCredentials;
import io.postern.dev.EmbeddedPostgres;
import io.postern.store.Database;
import io.postern.store.DemoTopology;
import io.postern.store.Schema;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code postern dev}. */
@Command(
    name = "dev",
    mixinStandardHelpOptions = true,
    description =
        "Runs everything on this machine: an embedded PostgreSQL that keeps its data, the gateway,"
            + " and a demo topology on the first start.",
    footer = {
      "",
      "Every option is also an environment variable: --http-port is POSTERN_HTTP_PORT."
    })
public final class DevCommand implements Callable<Integer> {
  private static final String DATABASE = "postern";

  @Option(
      names = "--data-dir",
      paramLabel = "DIRECTORY",
      description = "Where data and credentials are kept. Default: ~/.postern/dev")
  private Path dataDir = Path.of(System.getProperty("user.home"), ".postern", "dev");

  @Option(
      names = "--show-credentials",
      description =
          "Prints the credentials, which are otherwise shown at the first start only; and starts,"
              + " unless it is running already.")
  private boolean showCredentials;

  @Mixin private GatewayOptions options;

  @Override
  public Integer call() throws IOException, SQLException {
    Path directory = dataDir.toAbsolutePath().normalize();
    EmbeddedPostgres postgres;
    try {
      postgres = EmbeddedPostgres.start(directory, EmbeddedPostgres.Options.forDevelopment());
    } catch (EmbeddedPostgres.DirectoryInUseException e) {
      if (showCredentials) {
        DevCredentials.require(directory).print(System.out);
        return 0;
      }
      throw new StartException(e.getMessage() + "; give another --data-dir", e);
    }
    try {
      return run(directory, postgres);
    } catch (IOException | SQLException | RuntimeException e) {
      postgres.close();
      throw e;
    }
  }

  private int run(Path directory, EmbeddedPostgres postgres) throws IOException, SQLException {
    DevCredentials credentials =
        DevCredentials.readOrCreate(directory, options.bootstrapAdminSecret());
    postgres.createDatabase(DATABASE);
    Database database = Database.parse(postgres.databaseUrl(DATABASE));
    new Schema(database).migrate();
    options.bootstrapAdminSecret = credentials.administratorSecret();
    options.bootstrapAdminSecretFile = null;
    GatewaySettings settings =
        options.toSettings(
            "http://localhost:" + options.httpPort,
            database,
            MasterKeys.parse(credentials.masterKey()));
    return GatewayProcess.start(
            settings,
            new DemoTopology(credentials.agentSecret()),
            () -> printWelcome(credentials, settings),
            () -> close(postgres))
        .awaitEnd();
  }

  private void printWelcome(DevCredentials credentials, GatewaySettings settings) {
    String base = "http://localhost:" + settings.http().port() + settings.issuer().path();
    String management = "http://localhost:" + settings.management().port();
    System.out.printf(
        """

        Postern is up.
          token endpoint  %s/oauth2/token
          metadata        %s/.well-known/openid-configuration
          keys            %s/oauth2/jwks
          admin API       %s/admin/v1
          health          %s/health/ready
        """,
        base, base, base, management, management);
    System.out.println();
    if (showCredentials || credentials.isNew()) {
      credentials.print(System.out);
    } else {
      System.out.println("Credentials: postern dev --show-credentials");
    }
    System.out.printf(
        """

        Get a token:
          curl -s -u "$(cat '%s')" -d grant_type=client_credentials -d audience=%s %s/oauth2/token

        """,
        credentials.agentFile(), DemoTopology.AUDIENCE, base);
    System.out.flush();
  }

  private static void close(EmbeddedPostgres postgres) {
    try {
      postgres.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
