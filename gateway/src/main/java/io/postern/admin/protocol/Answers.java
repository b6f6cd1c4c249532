package io.postern.admin.protocol;

import io.postern.oauth.JsonText;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes what a request is answered, what went wrong as a problem. */
final class Answers {
  private static final Logger LOG = LoggerFactory.getLogger(Answers.class);

  private Answers() {}

  /** What the router itself refuses: a path that cannot be decoded. */
  static void fail(RoutingContext context) {
    Throwable failure = context.failure();
    Problem problem =
        switch (context.statusCode()) {
          case 400 -> Failures.MALFORMED;
          default ->
              problem(context, failure == null ? new IllegalStateException("no cause") : failure);
        };
    write(context, problem);
  }

  /** Answers by what went wrong. */
  static void write(RoutingContext context, Throwable failure) {
    Problem problem = problem(context, failure);
    if (context.response().headWritten()) {
      AnswerStream.breakOff(context);
    } else {
      write(context, problem);
    }
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

  static void write(RoutingContext context, Problem problem) {
    send(context, problem.status(), problem.headers(), Problem.CONTENT_TYPE, problem.body() + "");
  }

  static void write(RoutingContext context, AdminResponse response) {
    String body = response.body() == null ? "" : response.body().toString();
    send(context, response.status(), response.headers(), "application/json", body);
  }

  private static void send(
      RoutingContext context, int status, Map<String, String> headers, String type, String json) {
    HttpServerResponse response = context.response();
    if (response.ended() || response.closed()) {
      return;
    }
    String body = JsonText.escapeMarks(json);
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
