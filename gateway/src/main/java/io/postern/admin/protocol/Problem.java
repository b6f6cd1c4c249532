package io.postern.admin.protocol;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Why a request was not done, as problem details (RFC 9457).
 *
 * @param body the members of the problem
 * @param headers of the response, besides its content type
 */
public record Problem(int status, ObjectNode body, Map<String, String> headers) {
  static final String CONTENT_TYPE = "application/problem+json";

  private static final String TYPE_PREFIX = "urn:postern:problem:";

  public Problem {
    headers = Map.copyOf(headers);
  }

  /**
   * A problem of that kind.
   *
   * @param type its name, which scripts may rely on
   */
  public static Problem of(int status, String type, String title, String detail) {
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    body.put("type", TYPE_PREFIX + type);
    body.put("title", title);
    body.put("status", status);
    body.put("detail", detail);
    return new Problem(status, body, Map.of());
  }

  public static Problem badRequest(String detail) {
    return of(400, "bad-request", "Bad request", detail);
  }

  public static Problem notFound(String detail) {
    return of(404, "not-found", "Not found", detail);
  }

  public static Problem conflict(String type, String detail) {
    return of(409, type, "Conflict", detail);
  }

  static Problem preconditionFailed(String detail) {
    return of(412, "precondition-failed", "Precondition failed", detail);
  }

  /** Everything that is wrong with the content of a body. */
  public static Problem invalid(List<Fault> faults) {
    return of(422, "invalid-content", "Invalid content", "The content is not valid; see errors.")
        .with(faults);
  }

  /** Everything that is wrong with the query. */
  static Problem invalidQuery(List<Fault> faults) {
    return badRequest("The query parameters are not valid; see errors.").with(faults);
  }

  /** The same problem with each fault in {@code errors}. */
  public Problem with(List<Fault> faults) {
    ObjectNode extended = body.deepCopy();
    ArrayNode errors = extended.putArray("errors");
    faults.forEach(fault -> errors.add(fault.json()));
    return new Problem(status, extended, headers);
  }

  /** The same problem without places. */
  public Problem withoutFaults() {
    ObjectNode reduced = body.deepCopy();
    reduced.remove("errors");
    return new Problem(status, reduced, headers);
  }

  /** The same problem with another member. */
  public Problem with(String member, long value) {
    return new Problem(status, body.deepCopy().put(member, value), headers);
  }

  /** The same problem with another member. */
  public Problem with(String member, JsonNode value) {
    ObjectNode extended = body.deepCopy();
    extended.set(member, value);
    return new Problem(status, extended, headers);
  }

  public Problem header(String name, String value) {
    Map<String, String> extended = new LinkedHashMap<>(headers);
    extended.put(name, value);
    return new Problem(status, body, extended);
  }

  /** To be thrown where the way back is long: out of a transaction, which it rolls back. */
  public ProblemException exception() {
    return new ProblemException(this);
  }
}
