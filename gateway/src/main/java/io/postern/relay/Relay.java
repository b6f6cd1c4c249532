package io.postern.relay;

import io.postern.http.HandedValues;
import io.postern.http.OpenConnections;
import io.postern.vault.BusinessType;
import io.postern.vault.HostedCredential;
import io.vertx.core.Context;
import io.vertx.core.http.HttpServerRequest;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What the calls of one event loop go by. Confined to it. */
final class Relay {
  private final RelaySettings settings;
  private final HandedValues values;
  private final TargetAddresses addresses;
  private final RelayLimit limit;
  private final TargetClient client;
  private final CallsInProgress calls;
  private final Context context;
  private final OpenConnections connections;

  /**
   * A call that may be made.
   *
   * @param clientId the agent's
   */
  record Admitted(String clientId, HostedCredential credential, TargetRequest.Allowed request) {

    /** Whether the answer may count tokens of a language model. */
    boolean countsTokens() {
      return credential.businessType() == BusinessType.LLM;
    }
  }

  Relay(RelayParts parts, Context context, OpenConnections connections) {
    this.settings = parts.settings();
    this.values = parts.values();
    this.addresses = parts.addresses();
    this.limit = parts.limit();
    this.client = new TargetClient(context.owner(), settings, parts.trust());
    this.calls = new CallsInProgress(context.owner(), settings.deadlines());
    this.context = context;
    this.connections = connections;
  }

  RelaySettings settings() {
    return settings;
  }

  HandedValues values() {
    return values;
  }

  TargetClient client() {
    return client;
  }

  /** Counts a call unless there are as many as may be; whether it was. */
  boolean tryBegin() {
    return limit.tryBegin();
  }

  /** Watches over a call that was counted. */
  void begin(RelayedCall call, HttpServerRequest request) {
    connections.hold(request.connection());
    calls.add(call);
  }

  /** Once for each call that has begun. */
  void end(RelayedCall call, HttpServerRequest request) {
    calls.remove(call);
    connections.release(request.connection());
    limit.end();
  }

  /**
   * Resolves a name and tells the caller on the event loop; at once when the answer is known.
   *
   * @param then is given null when there is no such name
   */
  void resolve(String host, Consumer<TargetAddresses.@Nullable Resolution> then) {
    CompletableFuture<TargetAddresses.Resolution> resolution = addresses.resolve(host);
    if (resolution.isDone() && !resolution.isCompletedExceptionally()) {
      then.accept(resolution.join());
    } else {
      var _ =
          resolution.whenComplete(
              (resolved, failure) -> context.runOnContext(ignored -> then.accept(resolved)));
    }
  }

  /** Does something after what the event loop does now. */
  void later(Runnable task) {
    context.runOnContext(ignored -> task.run());
  }
}
