package io.postern.http;

import io.postern.index.GrantIndex;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.function.BooleanSupplier;

/** Liveness and readiness. Ready is who may be sent requests; live is who needs no restart. */
public final class HealthEndpoint {
  private final GrantIndex index;
  private final BooleanSupplier accepting;

  public HealthEndpoint(GrantIndex index, BooleanSupplier accepting) {
    this.index = index;
    this.accepting = accepting;
  }

  /** Binds the routes. */
  public void mount(Router router) {
    Answers.route(router, "/health/live").handler(this::live);
    Answers.route(router, "/health/ready").handler(this::ready);
  }

  // That this was answered is the check: the listener's thread and the router work.
  private void live(RoutingContext context) {
    answer(context, new Checks().add("process", true, "answers"));
  }

  private void ready(RoutingContext context) {
    Duration staleness = index.staleness(System.nanoTime());
    boolean loaded = index.isLoaded();
    Checks checks = new Checks();
    checks.add("index", loaded, loaded ? "loaded" : "the first image is not loaded yet");
    checks.add(
        "signing_keys",
        !index.image().signingKeys().isEmpty(),
        index.image().signingKeys().all().size() + " published");
    checks.add(
        "database",
        staleness.compareTo(index.maxStaleness()) <= 0,
        staleness.compareTo(GrantIndex.NEVER_CONFIRMED) < 0
            ? "confirmed %d s ago, limit %d s"
                .formatted(staleness.toSeconds(), index.maxStaleness().toSeconds())
            : "the index is not confirmed yet");
    boolean open = accepting.getAsBoolean();
    checks.add("listener", open, open ? "open" : "not open yet, or draining");
    answer(context, checks);
  }

  private static void answer(RoutingContext context, Checks checks) {
    context
        .response()
        .setStatusCode(checks.allUp ? 200 : 503)
        .putHeader(HttpHeaders.CONTENT_TYPE, "application/json")
        .putHeader(HttpHeaders.CACHE_CONTROL, "no-store");
    Answers.end(context.request(), checks.toJson().toBuffer());
  }

  private static final class Checks {
    private final JsonArray parts = new JsonArray();
    private boolean allUp = true;

    Checks add(String name, boolean up, String detail) {
      allUp &= up;
      parts.add(
          new JsonObject()
              .put("name", name)
              .put("status", up ? "up" : "down")
              .put("detail", detail));
      return this;
    }

    JsonObject toJson() {
      return new JsonObject().put("status", allUp ? "up" : "down").put("checks", parts);
    }
  }
}
