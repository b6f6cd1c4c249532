package io.postern.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * The admin API as a command calls it. A call that is not done is a {@link CommandFailedException}
 * with all that the gateway says about it.
 */
public final class AdminClient implements AutoCloseable {
  /** The audience of the admin API's tokens. */
  public static final String AUDIENCE = "urn:postern:admin";

  private static final int PAGE = 500;

  private final HttpExchange http;
  private final String root;
  private final AccessTokens tokens;

  /**
   * @param root such as {@code http://localhost:9000/admin/v1}
   */
  public AdminClient(HttpExchange http, URI root, AccessTokens tokens) {
    this.http = http;
    this.root = root.toString().replaceAll("/+$", "");
    this.tokens = tokens;
  }

  /**
   * An answer that says that the call was done.
   *
   * @param body missing when there is none
   */
  public record Answer(int status, HttpHeaders headers, JsonNode body) {}

  /**
   * A call of a resource, to be completed and sent.
   *
   * @param segments of its path below the API's root, not encoded
   */
  public Call call(String method, String... segments) {
    return new Call(method, segments);
  }

  /** GETs a resource's JSON. */
  public JsonNode get(String... segments) {
    return call("GET", segments).send().body();
  }

  /**
   * All items of a list, page by page.
   *
   * @param filters query parameters by their names
   */
  public List<JsonNode> list(Map<String, String> filters, String... segments) {
    List<JsonNode> items = new ArrayList<>();
    String cursor = null;
    do {
      Call call = call("GET", segments).query("limit", Integer.toString(PAGE));
      filters.forEach(call::query);
      if (cursor != null) {
        call.query("cursor", cursor);
      }
      JsonNode page = call.send().body();
      page.path("items").forEach(items::add);
      cursor = page.path("next_cursor").textValue();
    } while (cursor != null);
    return items;
  }

  /**
   * The id of what people know by another name.
   *
   * @param list where it stands
   * @param name the member by which people know it, and by which the list is filtered
   * @param idMember the member that has its id
   * @param given that name, or the id itself
   */
  public String idOf(String list, String name, String idMember, String given) {
    List<JsonNode> found = list(Map.of(name, given), list);
    return found.isEmpty() ? given : found.getFirst().path(idMember).asText();
  }

  @Override
  public void close() {
    http.close();
  }

  /** A call that has not been sent. */
  public final class Call {
    private final String method;
    private final StringBuilder path = new StringBuilder(root);
    private final List<String> headers = new ArrayList<>();
    private BodyPublisher body = BodyPublishers.noBody();
    private Duration timeout = HttpExchange.TIMEOUT;
    private UnaryOperator<String> places = UnaryOperator.identity();
    private char separator = '?';

    private Call(String method, String... segments) {
      this.method = method;
      for (String segment : segments) {
        path.append('/').append(encode(segment));
      }
    }

    /** With a query parameter. */
    public Call query(String name, String value) {
      path.append(separator).append(encode(name)).append('=').append(encode(value));
      separator = '&';
      return this;
    }

    public Call header(String name, String value) {
      headers.add(name);
      headers.add(value);
      return this;
    }

    public Call body(JsonNode json) {
      return body(json.toString().getBytes(StandardCharsets.UTF_8));
    }

    /** With JSON that is already written. */
    public Call body(byte[] json) {
      body = BodyPublishers.ofByteArray(json);
      return header("Content-Type", "application/json");
    }

    /** Lets the answer begin later than usual. */
    public Call timeout(Duration atMost) {
      timeout = atMost;
      return this;
    }

    /** Shows the pointers of a problem as something else. */
    public Call places(UnaryOperator<String> shown) {
      places = shown;
      return this;
    }

    /** Sends it and reads the answer whole. */
    public Answer send() {
      header("Accept", "application/json");
      HttpResponse<byte[]> response = http.send(request());
      JsonNode json = HttpExchange.json(response.body());
      if (response.statusCode() >= 300) {
        throw ProblemText.failure(response.statusCode(), json, places);
      }
      return new Answer(response.statusCode(), response.headers(), json);
    }

    /**
     * Sends it and leaves the reading of the answer to the caller.
     *
     * @param type what it should be, as in Accept
     */
    public InputStream open(String type) {
      header("Accept", type);
      HttpResponse<InputStream> response = http.open(request());
      if (response.statusCode() >= 300) {
        throw ProblemText.failure(
            response.statusCode(), HttpExchange.json(response.body()), places);
      }
      return response.body();
    }

    private HttpRequest request() {
      HttpRequest.Builder request =
          HttpRequest.newBuilder(URI.create(path.toString()))
              .timeout(timeout)
              .method(method, body)
              .header("Authorization", "Bearer " + tokens.current());
      if (!headers.isEmpty()) {
        request.headers(headers.toArray(String[]::new));
      }
      return request.build();
    }
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8)
        .replace("+", "%20")
        .replace("*", "%2A")
        .replace("%7E", "~");
  }
}
