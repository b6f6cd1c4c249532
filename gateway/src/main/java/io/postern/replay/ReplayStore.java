package io.postern.replay;

import io.postern.client.AssertionDigest;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Instant;
import java.util.List;

/** A database that remembers used assertions for several gateways. */
public interface ReplayStore {

  /** Its name in metrics and messages. */
  String name();

  /** Connects; to be called on an event loop, which the session then belongs to. */
  Future<Session> connect(Vertx vertx);

  /** One connection to the store. Confined to its event loop. */
  interface Session {

    /**
     * Uses assertions up, in one go. If the future fails, any of them may or may not be used up.
     *
     * @param now this gateway's time
     */
    Future<Answer> use(List<Use> uses, Instant now);

    /** Calls back when the connection is lost. */
    void onLoss(Runnable handler);

    Future<Void> close();
  }

  /**
   * An assertion to be used up.
   *
   * @param until the instant from which it is refused for its age anyway
   */
  record Use(AssertionDigest digest, Instant until) {}

  /**
   * What the store knows of the uses that it was asked for.
   *
   * @param firstUses in their order: whether the store had not seen that assertion before
   * @param rememberedSince the instant before which the store may have forgotten uses
   */
  record Answer(List<Boolean> firstUses, Instant rememberedSince) {
    public Answer {
      firstUses = List.copyOf(firstUses);
    }
  }
}
