package io.postern.command;

import io.postern.Gateway;
import io.postern.GatewaySettings;
import io.postern.InstrumentedVertx;
import io.postern.http.ListenException;
import io.postern.setting.SettingException;
import io.postern.store.FirstStart;
import io.postern.store.database.DatabaseConnectException;
import io.postern.store.database.DatabaseUnavailableException;
import io.postern.store.database.FailureReason;
import io.postern.store.database.UnfitDatabaseException;
import io.postern.store.keys.Keyring;
import io.postern.tls.UnfitTlsFileException;
import io.vertx.pgclient.PgException;
import java.time.Clock;

/** The start of a gateway in this process, and what a failed start is about. */
final class GatewayProcess {
  private static final String LOCK_NOT_AVAILABLE = "55P03";

  private GatewayProcess() {}

  /**
   * Starts the gateway and returns when it answers requests.
   *
   * @param seed further rows for a new database
   * @param shutdown is to close it
   * @throws SettingException when a setting is to blame
   * @throws StartException when something else is
   */
  static Gateway start(GatewaySettings settings, FirstStart.Seed seed, Shutdown shutdown) {
    InstrumentedVertx vertx = shutdown.open(() -> InstrumentedVertx.start(settings));
    Gateway gateway = new Gateway(vertx, settings, seed, Clock.systemUTC());
    shutdown.add(gateway);
    try {
      gateway.start();
      return gateway;
    } catch (Exception e) {
      if (shutdown.isSignalled()) {
        // the parts fail because they are stopped, in good order
        shutdown.awaitSignal();
      }
      // of any kind: waiting for a future throws what it failed with
      throw explained("the gateway did not start", e);
    }
  }

  /**
   * What an operator can do something about.
   *
   * @param failure what has not been done, for all other causes
   */
  static RuntimeException explained(String failure, Exception cause) {
    return switch (cause) {
      case Keyring.WrongMasterKeyException e ->
          new SettingException("POSTERN_MASTER_KEY", String.valueOf(e.getMessage()));
      case PgException e when LOCK_NOT_AVAILABLE.equals(e.getSqlState()) ->
          new StartException(
              "a transaction has locked the registry for too long: end it, then start again", e);
      case DatabaseConnectException e ->
          new StartException(failure + ": " + String.valueOf(e.getMessage()), e);
      case PgException e -> new StartException(failure + ": " + FailureReason.of(e), e);
      case DatabaseUnavailableException e ->
          new StartException(failure + ": " + FailureReason.of(e), e);
      case UnfitDatabaseException e -> new StartException(String.valueOf(e.getMessage()), e);
      case UnfitTlsFileException e -> new StartException(String.valueOf(e.getMessage()), e);
      case ListenException e -> new StartException(String.valueOf(e.getMessage()), e);
      default -> new StartException(failure + ": " + cause, cause);
    };
  }
}
