package io.postern.command;

import io.postern.GatewaySettings;
import io.postern.crypto.MasterKeys;
import io.postern.logging.LoggingOptions;
import io.postern.store.FirstStart;
import io.postern.store.database.Database;
import io.postern.store.database.DatabaseOptions;
import io.postern.tls.TlsOptions;
import io.postern.tls.TlsSettings;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code postern serve}. */
@Command(
    mixinStandardHelpOptions = true,
    description = "Runs the gateway against your PostgreSQL.",
    footer = {
      "",
      "Every option is also an environment variable: --http-port is POSTERN_HTTP_PORT.",
      "Durations are ISO 8601: PT5M is five minutes."
    })
public final class ServeCommand implements Callable<Integer> {

  @Mixin private LoggingOptions loggingOptions;
  @Mixin private DatabaseOptions databaseOptions;
  @Mixin private MasterKeyOptions masterKeyOptions;
  @Mixin private GatewayOptions gatewayOptions;
  @Mixin private TlsOptions tlsOptions;

  @Override
  public Integer call() {
    loggingOptions.apply();
    Database database = databaseOptions.database();
    MasterKeys masterKeys = masterKeyOptions.masterKeys();
    TlsSettings tls = tlsOptions.settings();
    String defaultIssuer = (tls.http() == null ? "http" : "https") + "://localhost:8080";
    GatewaySettings settings =
        gatewayOptions.toSettings(
            defaultIssuer, database, masterKeys, gatewayOptions.administrator.findSecret(), tls);
    try (Shutdown shutdown = Shutdown.install()) {
      GatewayProcess.start(settings, FirstStart.Seed.NONE, shutdown);
      shutdown.awaitSignal();
      return 0;
    }
  }
}
