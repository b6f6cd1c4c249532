package io.postern;

import io.postern.store.DatabaseUnavailableException;
import io.postern.store.SigningKeyRotation;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks every few seconds whether a step in the life of a signing key is due, and takes it. All
 * gateways of a database do; each step is taken by one. A virtual-thread verticle.
 */
final class SigningKeySchedule extends VerticleBase {
  private static final Logger LOG = LoggerFactory.getLogger(SigningKeySchedule.class);
  private static final Duration INTERVAL = Duration.ofSeconds(2);
  private static final Duration STOP_TIMEOUT = Duration.ofSeconds(1);

  private final SigningKeyRotation rotation;
  private final Promise<Void> stop = Promise.promise();
  private final Promise<Void> ended = Promise.promise();
  private volatile boolean stopping;

  SigningKeySchedule(SigningKeyRotation rotation) {
    this.rotation = rotation;
  }

  @Override
  public Future<?> start() {
    context.runOnContext(ignored -> run());
    return Future.succeededFuture();
  }

  @Override
  public Future<?> stop() {
    stopping = true;
    stop.complete();
    // not for long: the database may be away, and a step is done or not done
    return ended.future().timeout(STOP_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS).otherwiseEmpty();
  }

  private void run() {
    try {
      while (!stopping) {
        try {
          rotation.run().forEach(SigningKeySchedule::log);
        } catch (DatabaseUnavailableException e) {
          // the sync tells of it
          LOG.debug("The signing keys are not looked at", e);
        } catch (Throwable e) {
          // of any kind: nothing may end this; a stop may close what is being used
          if (!stopping) {
            LOG.error("A step in the life of the signing keys failed", e);
          }
        }
        stop.future().timeout(INTERVAL.toMillis(), TimeUnit.MILLISECONDS).otherwiseEmpty().await();
      }
    } finally {
      ended.complete();
    }
  }

  private static void log(SigningKeyRotation.Step step) {
    String now =
        switch (step.event()) {
          case CREATED -> "is new, and pending";
          case PUBLISHED -> "is published by every gateway";
          case ACTIVATED -> "signs from now on";
          case RETIRED -> "signs no more, and is retired";
          case REMOVED -> "is removed";
        };
    LOG.info("Signing key {} ({}) {}", step.kid(), step.alg(), now);
  }
}
