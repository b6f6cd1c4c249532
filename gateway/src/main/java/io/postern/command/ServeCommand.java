package io.postern.command;

import io.postern.GatewaySettings;
import io.postern.crypto.MasterKeys;
import io.postern.store.Database;
import io.postern.store.FirstStart;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

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

  @Mixin private LoggingOptions loggingOptions;
  @Mixin private DatabaseOptions databaseOptions;
  @Mixin private MasterKeyOptions masterKeyOptions;
  @Mixin private GatewayOptions gatewayOptions;

  @Override
  public Integer call() {
    loggingOptions.apply();
    Database database = databaseOptions.database();
    MasterKeys masterKeys = masterKeyOptions.masterKeys();
    GatewaySettings settings = gatewayOptions.toSettings(DEFAULT_ISSUER, database, masterKeys);
    try (Shutdown shutdown = Shutdown.install()) {
      GatewayProcess.start(settings, FirstStart.Seed.NONE, shutdown);
      shutdown.awaitSignal();
      return 0;
    }
  }
}
