package io.postern.command;

import io.postern.GatewaySettings;
import io.postern.crypto.MasterKeys;
import io.postern.store.Database;
import io.postern.store.FirstStart;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code postern serve}. */
@Command(
    name = "serve",
    mixinStandardHelpOptions = true,
    description = "Runs the gateway against your PostgreSQL.",
    footer = {
      "",
      "Every option is also an environment variable: --http-port is POSTERN_HTTP_PORT.",
      "Durations are ISO 8601: PT5M is five minutes."
    })
public final class ServeCommand implements Callable<Integer> {
  private static final String DEFAULT_ISSUER = "http://localhost:8080";

  @Mixin private DatabaseOptions databaseOptions;

  @Option(
      names = "--master-key",
      paramLabel = "KEYS",
      description =
          "Base64 of 32 bytes, as from: openssl rand -base64 32. Several may be given, separated"
              + " by commas: the first wraps, all unwrap. Required.")
  private @Nullable String masterKey;

  @Option(names = "--master-key-file", paramLabel = "FILE", description = "The file that holds it.")
  private @Nullable Path masterKeyFile;

  @Mixin private GatewayOptions gatewayOptions;

  @Override
  public Integer call() {
    Database database = databaseOptions.database();
    String key =
        Secrets.require(
            "POSTERN_MASTER_KEY", masterKey, masterKeyFile, "openssl rand -base64 32 makes one");
    MasterKeys masterKeys = GatewayOptions.parse("POSTERN_MASTER_KEY", key, MasterKeys::parse);
    GatewaySettings settings = gatewayOptions.toSettings(DEFAULT_ISSUER, database, masterKeys);
    try (Shutdown shutdown = Shutdown.install()) {
      GatewayProcess.start(settings, FirstStart.Seed.NONE, shutdown);
      shutdown.awaitSignal();
      return 0;
    }
  }
}
