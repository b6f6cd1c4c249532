package io.postern.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.function.UnaryOperator;

/** Problem details (RFC 9457) as a person reads them: what, why, and each thing that is wrong. */
final class ProblemText {
  private ProblemText() {}

  /**
   * What a command that was answered so says.
   *
   * @param problem whatever the body held
   * @param places how a pointer into the request's body is shown
   */
  static CommandFailedException failure(
      int status, JsonNode problem, UnaryOperator<String> places) {
    boolean passing = status >= 500;
    if (!problem.path("title").isTextual()) {
      String hint = status == 404 ? ": is the admin URL right? It ends in /admin/v1" : "";
      return new CommandFailedException(
          "the admin API answered with status " + status + hint, passing);
    }
    StringBuilder text = new StringBuilder(problem.path("title").asText());
    text.append(" (").append(status).append(')');
    String detail = problem.path("detail").asText("");
    if (!detail.isEmpty()) {
      text.append(": ").append(detail);
    }
    for (JsonNode error : problem.path("errors")) {
      String place =
          error.has("pointer")
              ? places.apply(error.path("pointer").asText())
              : error.path("parameter").asText("");
      text.append("\n  ")
          .append(place.isEmpty() ? "(all of it)" : place)
          .append(": ")
          .append(error.path("detail").asText());
    }
    return new CommandFailedException(text.toString(), passing);
  }
}
