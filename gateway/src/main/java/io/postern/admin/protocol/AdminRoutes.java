package io.postern.admin.protocol;

import io.postern.admin.contract.AdminContract;
import io.postern.admin.contract.Operation;
import io.postern.store.database.Author;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Brings requests to the handlers of the contract's operations and answers back: authentication
 * first, then the path, then the method. Whatever goes wrong is answered as a problem.
 */
public final class AdminRoutes {
  private static final long MAX_BODY_BYTES = 1024 * 1024;
  private static final String EVERYTHING = "/admin/*";

  /** The operations that are answered without the database, too. */
  private static final Set<String> FROM_MEMORY =
      Set.of("getIndex", "explain", "listDecisions", "getDecision", "getOpenApi");

  // what is kept with a request
  private static final String METHODS = "postern.methods";
  private static final String ACTOR = "postern.actor";

  private final Router router;
  private final AdminContract contract;
  private final AdminAuthenticator authenticator;
  private final BooleanSupplier databaseAway;
  private final RegistryWriter writer;
  private final Map<String, Step> steps = new HashMap<>();
  private final Set<String> streamed = new HashSet<>();

  public AdminRoutes(
      Router router,
      AdminContract contract,
      AdminAuthenticator authenticator,
      BooleanSupplier databaseAway,
      RegistryWriter writer) {
    this.router = router;
    this.contract = contract;
    this.authenticator = authenticator;
    this.databaseAway = databaseAway;
    this.writer = writer;
  }

  /** Does what is asked, and answers. */
  private interface Step {
    void run(AdminRequest request, RoutingContext context) throws IOException;
  }

  /** Says what does an operation of the contract. */
  public AdminRoutes bind(String operationId, AdminHandler handler) {
    steps.put(
        operationId,
        (request, context) -> {
          AdminHandler once = request.repeatable() ? again -> writer.once(again, handler) : handler;
          Answers.write(context, once.handle(request));
        });
    return this;
  }

  /** The same for one whose content or answer may be of any size. */
  public AdminRoutes bindStream(String operationId, StreamHandler handler) {
    streamed.add(operationId);
    steps.put(
        operationId, (request, context) -> handler.handle(request, new AnswerStream(context)));
    return this;
  }

  /**
   * Adds a route for every path of the contract, and answers for every other.
   *
   * @throws IllegalStateException when an operation is not bound, or what is bound is none
   */
  public void mount() {
    // a path that cannot be decoded matches no route
    router.errorHandler(400, context -> Answers.write(context, Failures.MALFORMED));
    router.route(EVERYTHING).handler(AdminRoutes::requirePlainPath);
    methods()
        .forEach(
            (path, methods) ->
                router
                    .route(AdminPath.ROOT + path.replaceAll("\\{(\\w+)}", ":$1"))
                    .handler(context -> context.put(METHODS, methods).next())
                    .failureHandler(Answers::fail));
    router.route(EVERYTHING).handler(this::authenticate).failureHandler(Answers::fail);
    router.route(EVERYTHING).handler(AdminRoutes::answer).failureHandler(Answers::fail);
  }

  private Map<String, Methods> methods() {
    Map<String, Methods> paths = new LinkedHashMap<>();
    for (Operation operation : contract.operations()) {
      Step step = steps.remove(operation.id());
      if (step == null) {
        throw new IllegalStateException("the operation " + operation.id() + " is not bound");
      }
      paths
          .computeIfAbsent(operation.path(), path -> new Methods())
          .add(new Bound(operation, step, streamed.contains(operation.id())));
    }
    if (!steps.isEmpty()) {
      throw new IllegalStateException("the contract has no operation " + steps.keySet());
    }
    return paths;
  }

  private record Bound(Operation operation, Step step, boolean streamed) {}

  /** What the methods of one path do. */
  private static final class Methods {
    private final Map<HttpMethod, Bound> bound = new LinkedHashMap<>();

    void add(Bound method) {
      if (method.operation.method().equals(HttpMethod.GET)) {
        bound.put(HttpMethod.HEAD, method);
      }
      bound.put(method.operation.method(), method);
    }

    @Nullable Bound find(HttpMethod method) {
      return bound.get(method);
    }

    Problem notAllowed() {
      return Problem.of(
              405, "method-not-allowed", "Method not allowed", "See Allow for what can be done.")
          .header(
              "Allow",
              bound.keySet().stream().map(HttpMethod::name).collect(Collectors.joining(", ")));
    }
  }

  // A router resolves "..", in any spelling, and takes a slash at the end: "…/scopes/%2E%2E" would
  // be the service itself.
  private static void requirePlainPath(RoutingContext context) {
    String raw = String.valueOf(context.request().path());
    String resolved = context.normalizedPath();
    if (raw.endsWith("/") || resolved.endsWith("/") || slashes(raw) != slashes(resolved)) {
      Answers.write(context, Problem.notFound("There is nothing at this path."));
    } else {
      context.next();
    }
  }

  private void authenticate(RoutingContext context) {
    HttpMethod method = context.request().method();
    Bound bound = find(context);
    Operation operation = bound == null ? null : bound.operation;
    // At once, and before anything is asked of an index that may never have been loaded.
    if (databaseAway.getAsBoolean()
        && (operation == null || !FROM_MEMORY.contains(operation.id()))) {
      Answers.write(context, Failures.DATABASE_AWAY);
      return;
    }
    boolean reads =
        operation == null
            ? method.equals(HttpMethod.GET) || method.equals(HttpMethod.HEAD)
            : operation.reads();
    try {
      if (operation == null || !operation.open()) {
        boolean tokenInQuery = context.queryParams().contains("access_token");
        context.put(ACTOR, authenticator.authenticate(context.request(), reads, tokenInQuery));
      }
    } catch (RuntimeException e) {
      Answers.write(context, e);
      return;
    }
    context.next();
  }

  private static void answer(RoutingContext context) {
    try {
      Methods methods = context.get(METHODS);
      if (methods == null) {
        throw Problem.notFound("There is nothing at this path.").exception();
      }
      Bound bound = methods.find(context.request().method());
      if (bound == null) {
        throw methods.notAllowed().exception();
      }
      AdminRequest request =
          new AdminRequest(context, author(context), bound.operation, bodyOf(context, bound));
      bound.step.run(request, context);
    } catch (IOException | UncheckedIOException e) {
      AnswerStream.breakOff(context);
    } catch (RuntimeException e) {
      Answers.write(context, e);
    } finally {
      // what of the body is not read must not keep the connection's next request waiting
      if (!context.request().isEnded()) {
        context.request().resume();
      }
    }
  }

  // Not by the router's own handler: that reads forms, of which no operation takes any, and fails
  // on those that are broken. A body that nobody asked for is passed over.
  private static byte[] bodyOf(RoutingContext context, Bound bound) throws IOException {
    return bound.streamed || bound.operation.bodies().isEmpty()
        ? new byte[0]
        : new RequestStream(context.request(), MAX_BODY_BYTES).readAllBytes();
  }

  private static @Nullable Bound find(RoutingContext context) {
    Methods methods = context.get(METHODS);
    return methods == null ? null : methods.find(context.request().method());
  }

  private static @Nullable Author author(RoutingContext context) {
    String actor = context.get(ACTOR);
    return actor == null
        ? null
        : new Author(actor, context.request().remoteAddress().hostAddress());
  }

  private static long slashes(String path) {
    return path.chars().filter(c -> c == '/').count();
  }
}
