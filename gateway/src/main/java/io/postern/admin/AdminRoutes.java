package io.postern.admin;

import io.postern.store.Author;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings requests to their handlers and answers back: authentication first, then the path, then the
 * method. Whatever goes wrong is answered as a problem.
 */
final class AdminRoutes {
  private static final Logger LOG = LoggerFactory.getLogger(AdminRoutes.class);
  private static final long MAX_BODY_BYTES = 1024 * 1024;
  private static final String EVERYTHING = "/admin/*";

  /** What is answered without the database, too. */
  private static final Set<String> FROM_MEMORY =
      Set.of(AdminPath.ROOT + IndexResource.PATH, AdminPath.ROOT + ExplainResource.PATH);

  private static final String TOPOLOGY = AdminPath.ROOT + TopologyDocument.PATH;
  private static final String ACTOR = "postern.actor";

  private final Router router;
  private final AdminAuthenticator authenticator;
  private final BooleanSupplier databaseAway;
  private final RegistryWriter writer;

  AdminRoutes(
      Router router,
      AdminAuthenticator authenticator,
      BooleanSupplier databaseAway,
      RegistryWriter writer) {
    this.router = router;
    this.authenticator = authenticator;
    this.databaseAway = databaseAway;
    this.writer = writer;
    // a path that cannot be decoded matches no route
    router.errorHandler(400, context -> write(context, Failures.MALFORMED));
    router.route(EVERYTHING).handler(this::authenticate).failureHandler(AdminRoutes::fail);
    BodyHandler bodies = BodyHandler.create(false).setBodyLimit(MAX_BODY_BYTES);
    router
        .route(EVERYTHING)
        .handler(
            context -> {
              if (TOPOLOGY.equals(context.request().path())) {
                // its handler reads the body as it arrives
                context.next();
              } else {
                bodies.handle(context);
              }
            })
        .failureHandler(AdminRoutes::fail);
  }

  /** The methods of a path below the API's root, to be added. */
  Methods at(String path) {
    Methods methods = new Methods();
    router.route(AdminPath.ROOT + path).handler(methods::handle).failureHandler(AdminRoutes::fail);
    return methods;
  }

  /** Answers for every path that has not been added before. */
  void rejectOthers() {
    router
        .route(EVERYTHING)
        .handler(context -> write(context, Problem.notFound("There is nothing at this path.")));
  }

  private record Operation(Step step, Set<String> queryNames) {}

  /** Does what is asked, and answers. */
  private interface Step {
    void run(AdminRequest request, RoutingContext context) throws IOException;
  }

  /** What the methods of one path do. */
  final class Methods {
    private final Map<HttpMethod, Operation> operations = new LinkedHashMap<>();

    private Methods() {}

    /** GET, and HEAD with it. */
    Methods get(AdminHandler handler, String... queryNames) {
      add(HttpMethod.HEAD, handler, queryNames);
      return add(HttpMethod.GET, handler, queryNames);
    }

    /** A POST that is done once, however often it is sent with one {@code Idempotency-Key}. */
    Methods post(AdminHandler handler) {
      AdminHandler once = request -> writer.once(request, handler);
      return add(HttpMethod.POST, once, Replicas.WAIT, Query.TIMEOUT);
    }

    /** A POST that asks, and changes nothing. */
    Methods ask(AdminHandler handler) {
      return add(HttpMethod.POST, handler);
    }

    Methods put(AdminHandler handler) {
      return add(HttpMethod.PUT, handler, Replicas.WAIT, Query.TIMEOUT);
    }

    Methods patch(AdminHandler handler) {
      return add(HttpMethod.PATCH, handler, Replicas.WAIT, Query.TIMEOUT);
    }

    Methods delete(AdminHandler handler) {
      return add(HttpMethod.DELETE, handler, Replicas.WAIT, Query.TIMEOUT);
    }

    /** A method whose content or answer may be of any size. */
    Methods stream(HttpMethod method, StreamHandler handler, String... queryNames) {
      return add(
          method,
          (request, context) -> handler.handle(request, new AnswerStream(context)),
          queryNames);
    }

    private Methods add(HttpMethod method, AdminHandler handler, String... queryNames) {
      return add(method, (request, context) -> write(context, handler.handle(request)), queryNames);
    }

    private Methods add(HttpMethod method, Step step, String... queryNames) {
      operations.put(method, new Operation(step, Set.of(queryNames)));
      return this;
    }

    private void handle(RoutingContext context) {
      try {
        Operation operation = operations.get(context.request().method());
        if (operation == null) {
          throw notAllowed().exception();
        }
        AdminRequest request = new AdminRequest(context, author(context), operation.queryNames);
        operation.step.run(request, context);
      } catch (IOException | UncheckedIOException e) {
        AnswerStream.breakOff(context);
      } catch (RuntimeException e) {
        Problem problem = problem(context, e);
        if (context.response().headWritten()) {
          AnswerStream.breakOff(context);
        } else {
          write(context, problem);
        }
      }
    }

    private static @Nullable Author author(RoutingContext context) {
      String actor = context.get(ACTOR);
      return actor == null
          ? null
          : new Author(actor, context.request().remoteAddress().hostAddress());
    }

    private Problem notAllowed() {
      return Problem.of(
              405, "method-not-allowed", "Method not allowed", "See Allow for what can be done.")
          .header(
              "Allow",
              operations.keySet().stream().map(HttpMethod::name).collect(Collectors.joining(", ")));
    }
  }

  private void authenticate(RoutingContext context) {
    // A router resolves "..", in any spelling, and takes a slash at the end: "…/scopes/%2E%2E"
    // would be the service itself.
    String raw = String.valueOf(context.request().path());
    String resolved = context.normalizedPath();
    if (raw.endsWith("/") || resolved.endsWith("/") || slashes(raw) != slashes(resolved)) {
      write(context, Problem.notFound("There is nothing at this path."));
      return;
    }
    if (raw.equals(AdminPath.ROOT + AdminContract.PATH)) {
      context.next();
      return;
    }
    // At once, and before anything is asked of an index that may never have been loaded.
    if (databaseAway.getAsBoolean() && !FROM_MEMORY.contains(raw)) {
      write(context, Failures.DATABASE_AWAY);
      return;
    }
    try {
      boolean tokenInQuery = context.queryParams().contains("access_token");
      HttpMethod method = context.request().method();
      boolean reads =
          method.equals(HttpMethod.GET)
              || method.equals(HttpMethod.HEAD)
              || resolved.equals(AdminPath.ROOT + ExplainResource.PATH);
      context.put(ACTOR, authenticator.authenticate(context.request(), reads, tokenInQuery));
    } catch (RuntimeException e) {
      write(context, problem(context, e));
      return;
    }
    context.next();
  }

  private static long slashes(String path) {
    return path.chars().filter(c -> c == '/').count();
  }

  /** What the router itself refuses: a body that is too large, a path that cannot be decoded. */
  private static void fail(RoutingContext context) {
    Throwable failure = context.failure();
    Problem problem =
        switch (context.statusCode()) {
          case 413 ->
              Problem.of(
                  413, "content-too-large", "Content too large", "A body has at most 1 MiB.");
          case 400 -> Failures.MALFORMED;
          default ->
              problem(context, failure == null ? new IllegalStateException("no cause") : failure);
        };
    write(context, problem);
  }

  private static Problem problem(RoutingContext context, Throwable failure) {
    Problem problem = Failures.problem(failure);
    if (problem.status() == 500) {
      LOG.error("{} {} failed", context.request().method(), context.request().path(), failure);
    } else if (problem.status() == 503) {
      LOG.warn(
          "{} {} has no database: {}",
          context.request().method(),
          context.request().path(),
          String.valueOf(failure.getCause()));
    }
    return problem;
  }

  private static void write(RoutingContext context, Problem problem) {
    send(context, problem.status(), problem.headers(), Problem.CONTENT_TYPE, problem.body() + "");
  }

  private static void write(RoutingContext context, AdminResponse response) {
    String body = response.body() == null ? "" : response.body().toString();
    send(context, response.status(), response.headers(), "application/json", body);
  }

  private static void send(
      RoutingContext context, int status, Map<String, String> headers, String type, String body) {
    HttpServerResponse response = context.response();
    if (response.ended() || response.closed()) {
      return;
    }
    response.setStatusCode(status).putHeader("Cache-Control", "no-store");
    headers.forEach(response::putHeader);
    if (!body.isEmpty()) {
      response.putHeader("Content-Type", type);
    }
    if (context.request().method().equals(HttpMethod.HEAD)) {
      // RFC 9110 §9.3.2: the length that GET would send, and nothing of it
      response.putHeader("Content-Length", "" + body.getBytes(StandardCharsets.UTF_8).length);
      response.end();
    } else {
      response.end(body);
    }
  }
}
