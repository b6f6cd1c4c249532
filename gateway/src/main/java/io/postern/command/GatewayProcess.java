package io.postern.command;

import io.postern.Gateway;
import io.postern.GatewaySettings;
import io.postern.http.ListenException;
import io.postern.store.FirstStart;
import io.postern.store.Keyring;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.time.Clock;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A gateway that is this process: it runs until a signal ends it. */
final class GatewayProcess {
  private static final Logger LOG = LoggerFactory.getLogger(GatewayProcess.class);

  private final CountDownLatch ended = new CountDownLatch(1);

  private GatewayProcess() {}

  /**
   * Starts the gateway.
   *
   * @param seed further rows for a new database
   * @param onReady runs once it answers requests
   * @param onStopped runs after it has stopped
   * @throws StartException when it cannot start
   */
  static GatewayProcess start(
      GatewaySettings settings, FirstStart.Seed seed, Runnable onReady, Runnable onStopped) {
    Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(settings.eventLoops()));
    Gateway gateway = new Gateway(vertx, settings, seed, Clock.systemUTC());
    try {
      gateway.start();
    } catch (Exception e) {
      // of any kind: waiting for a future throws what it failed with
      vertx.close().await();
      throw explained(e);
    }
    GatewayProcess process = new GatewayProcess();
    Runnable stop =
        () -> {
          gateway.close();
          vertx.close().await();
          onStopped.run();
        };
    Runtime.getRuntime().addShutdownHook(new Thread(() -> process.stop(stop), "postern-shutdown"));
    onReady.run();
    return process;
  }

  /** Waits for the end, which a signal brings. */
  int awaitEnd() {
    try {
      ended.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return 0;
  }

  // The JVM would end with 143 after SIGTERM; a stop in good order is a success.
  private void stop(Runnable stop) {
    int status = 0;
    try {
      stop.run();
    } catch (RuntimeException e) {
      LOG.error("The stop was not in good order", e);
      status = 1;
    }
    ended.countDown();
    Runtime.getRuntime().halt(status);
  }

  private static RuntimeException explained(Exception cause) {
    return switch (cause) {
      case Keyring.WrongMasterKeyException e ->
          new SettingException("POSTERN_MASTER_KEY", String.valueOf(e.getMessage()));
      case FirstStart.AdministratorDeletedException e ->
          new SettingException("POSTERN_BOOTSTRAP_ADMIN_SECRET", String.valueOf(e.getMessage()));
      case ListenException e -> new StartException(String.valueOf(e.getMessage()), e);
      default -> new StartException("the gateway did not start: " + cause, cause);
    };
  }
}
