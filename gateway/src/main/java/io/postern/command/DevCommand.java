package io.postern.command;

import io.postern.Gateway;
import io.postern.GatewaySettings;
import io.postern.crypto.MasterKeys;
import io.postern.dev.DevCredentials;
import io.postern.dev.EmbeddedPostgres;
import io.postern.logging.LoggingOptions;
import io.postern.setting.SettingException;
import io.postern.store.DemoTopology;
import io.postern.store.database.Database;
import io.postern.store.database.Schema;
import io.postern.tls.TlsSettings;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code postern dev}. */
@Command(
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
  private Path dataDir = defaultDataDir();

  @Option(
      names = "--show-credentials",
      description =
          "Prints the credentials, which are otherwise shown at the first start only; and starts,"
              + " unless it is running already.")
  private boolean showCredentials;

  @Mixin private LoggingOptions loggingOptions;
  @Mixin private GatewayOptions options;

  /** Where data and credentials are kept unless another place is named. */
  static Path defaultDataDir() {
    return Path.of(System.getProperty("user.home"), ".postern", "dev");
  }

  @Override
  public Integer call() throws IOException, SQLException {
    loggingOptions.apply();
    Path directory = dataDir.toAbsolutePath().normalize();
    options.relay.developHere();
    // before the cluster is made: a bad setting leaves nothing behind
    options.check();
    try (Shutdown shutdown = Shutdown.install()) {
      EmbeddedPostgres postgres = shutdown.open(() -> startPostgres(directory));
      run(directory, postgres, shutdown);
      return 0;
    } catch (EmbeddedPostgres.DirectoryInUseException e) {
      if (showCredentials) {
        DevCredentials.require(directory).print(System.out);
        return 0;
      }
      throw new StartException(e.getMessage() + "; give another --data-dir", e);
    }
  }

  private static EmbeddedPostgres startPostgres(Path directory) throws IOException {
    try {
      return EmbeddedPostgres.start(directory, EmbeddedPostgres.Options.forDevelopment());
    } catch (EmbeddedPostgres.DidNotStartException e) {
      throw new StartException(
          e.getMessage() + "; run the version that made it, or give another --data-dir", e);
    } catch (FileSystemException e) {
      throw new SettingException(
          "POSTERN_DATA_DIR", "cannot keep data there: " + String.valueOf(e.getMessage()));
    }
  }

  private void run(Path directory, EmbeddedPostgres postgres, Shutdown shutdown)
      throws IOException, SQLException {
    DevCredentials credentials =
        DevCredentials.readOrCreate(directory, options.administrator.findSecret());
    postgres.createDatabase(DATABASE);
    Database database = Database.parse(postgres.databaseUrl(DATABASE));
    migrate(directory, database);
    GatewaySettings settings =
        options.toSettings(
            "http://localhost:" + options.listeners.httpPort(),
            database,
            MasterKeys.parse(credentials.masterKey()),
            credentials.administratorSecret(),
            TlsSettings.NONE);
    Gateway gateway =
        GatewayProcess.start(settings, new DemoTopology(credentials.agentSecret()), shutdown);
    printWelcome(credentials, settings);
    shutdown.add(RefusalConsole.start(gateway.decisions(), System.out));
    credentials.markShown();
    shutdown.awaitSignal();
  }

  private static void migrate(Path directory, Database database) {
    Schema schema = new Schema(database);
    if (schema.state() == Schema.State.NEWER) {
      throw new StartException(
          "the data in %s is of a newer version: run a newer postern".formatted(directory));
    }
    schema.migrate();
  }

  private void printWelcome(DevCredentials credentials, GatewaySettings settings) {
    String base =
        "http://localhost:" + settings.listeners().http().port() + settings.issuer().path();
    String management = "http://localhost:" + settings.listeners().management().port();
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
    if (showCredentials || !credentials.wereShown()) {
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
}
