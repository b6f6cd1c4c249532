package io.postern.admin.protocol;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The answer to a request that was done.
 *
 * @param repeated what a repeat of the request is answered, where this may be told once only; null
 *     when a repeat is answered the same
 */
public record AdminResponse(
    int status,
    @Nullable ObjectNode body,
    Map<String, String> headers,
    @Nullable Problem repeated) {
  public static final String ETAG = "ETag";
  public static final String LOCATION = "Location";

  public AdminResponse {
    headers = Map.copyOf(headers);
  }

  public AdminResponse(int status, @Nullable ObjectNode body, Map<String, String> headers) {
    this(status, body, headers, null);
  }

  public static AdminResponse ok(ObjectNode body) {
    return new AdminResponse(200, body, Map.of());
  }

  /**
   * A new resource.
   *
   * @param segments of its path below the API's root, not yet encoded
   */
  public static AdminResponse created(ObjectNode body, String... segments) {
    return new AdminResponse(201, body, Map.of()).header(LOCATION, AdminPath.to(segments));
  }

  public static AdminResponse noContent() {
    return new AdminResponse(204, null, Map.of());
  }

  AdminResponse header(String name, String value) {
    Map<String, String> extended = new LinkedHashMap<>(headers);
    extended.put(name, value);
    return new AdminResponse(status, body, extended, repeated);
  }

  /** The same, with what a repeat of the request is answered instead. */
  public AdminResponse toldOnce(Problem answerToRepeat) {
    return new AdminResponse(status, body, headers, answerToRepeat);
  }

  /** With the entity tag of a row at that revision. */
  public AdminResponse tagged(long revision) {
    return header(ETAG, EntityTag.of(revision));
  }
}
