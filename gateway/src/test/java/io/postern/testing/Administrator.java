package io.postern.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import org.jspecify.annotations.Nullable;

/** Whoever uses a gateway's admin API over HTTP, with a token of its own. */
public final class Administrator {
  private static final JsonMapper JSON = new JsonMapper();

  /** What came back. */
  public record Answer(int status, HttpHeaders headers, JsonNode json) {
    /** A member's text; empty when there is none. */
    public String text(String member) {
      return json.path(member).asText("");
    }

    /** A header's first value; empty when there is none. */
    public String header(String name) {
      return headers.firstValue(name).orElse("");
    }
  }

  private final TestGateway gateway;
  private final String token;

  private Administrator(TestGateway gateway, String token) {
    this.gateway = gateway;
    this.token = token;
  }

  /** The administrator that every test gateway has. */
  public static Administrator of(TestGateway gateway) {
    return new Administrator(
        gateway,
        TokenCall.to(gateway)
            .basic("postern-admin", TestGateway.ADMIN_SECRET)
            .clientCredentials()
            .param("audience", "urn:postern:admin")
            .send()
            .accessToken());
  }

  /** Whoever has that token. */
  public static Administrator with(TestGateway gateway, String token) {
    return new Administrator(gateway, token);
  }

  /** The same with fewer rights. */
  public static Administrator withScope(TestGateway gateway, String scope) {
    return new Administrator(
        gateway,
        TokenCall.to(gateway)
            .basic("postern-admin", TestGateway.ADMIN_SECRET)
            .clientCredentials()
            .param("audience", "urn:postern:admin")
            .param("scope", scope)
            .send()
            .accessToken());
  }

  public Answer get(String path) {
    return send("GET", path, null);
  }

  public Answer post(String path, String body, String... headers) {
    return send("POST", path, body, headers);
  }

  /**
   * Sends a request.
   *
   * @param path below {@code /admin/v1}
   * @param body JSON, or null for none
   */
  public Answer send(String method, String path, @Nullable String body, String... headers) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(gateway.managementUri("/admin/v1" + path))
            .header("Authorization", "Bearer " + token)
            .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
    if (body != null) {
      request.header("Content-Type", "application/json");
    }
    if (headers.length > 0) {
      request.headers(headers);
    }
    HttpResponse<String> response = gateway.send(request.build());
    try {
      String text = response.body();
      JsonNode json = text.isEmpty() ? JSON.nullNode() : JSON.readTree(text);
      return new Answer(response.statusCode(), response.headers(), json);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
