package io.postern.testing;

import com.nimbusds.jwt.SignedJWT;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** A token request that is put together piece by piece and sent with {@code java.net.http}. */
public final class TokenCall {
  private final TestGateway gateway;
  private final List<String> form = new ArrayList<>();
  private final List<String> headers = new ArrayList<>();
  private URI uri;
  private String contentType = "application/x-www-form-urlencoded";

  private TokenCall(TestGateway gateway) {
    this.gateway = gateway;
    this.uri = gateway.tokenEndpoint();
  }

  /** A request with nothing in it. */
  public static TokenCall to(TestGateway gateway) {
    return new TokenCall(gateway);
  }

  /** A {@code client_credentials} request with the Basic header. */
  public static TokenCall by(TestGateway gateway, TestRegistry.Agent agent) {
    return to(gateway).basic(agent.clientId(), agent.secret()).clientCredentials();
  }

  public TokenCall clientCredentials() {
    return param("grant_type", "client_credentials");
  }

  /** The Basic header, form-encoded as RFC 6749 §2.3.1 says. */
  public TokenCall basic(String clientId, String secret) {
    return rawBasic(encode(clientId) + ":" + encode(secret));
  }

  /** The Basic header over this very text. */
  public TokenCall rawBasic(String pair) {
    return header(
        "Authorization",
        "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8)));
  }

  /** Adds a form parameter; may be repeated. */
  public TokenCall param(String name, String value) {
    form.add(encode(name) + "=" + encode(value));
    return this;
  }

  /** Adds a piece of the form as it is. */
  public TokenCall raw(String piece) {
    form.add(piece);
    return this;
  }

  public TokenCall header(String name, String value) {
    headers.add(name);
    headers.add(value);
    return this;
  }

  /** Null sends none. */
  public TokenCall contentType(String value) {
    contentType = value;
    return this;
  }

  public TokenCall uri(URI other) {
    uri = other;
    return this;
  }

  /** Sends it. */
  public Answer send() {
    return send("POST");
  }

  /** Sends it with another method. */
  public Answer send(String method) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri)
            .timeout(Duration.ofSeconds(30))
            .method(method, HttpRequest.BodyPublishers.ofString(String.join("&", form)));
    if (contentType != null) {
      request.header("Content-Type", contentType);
    }
    if (!headers.isEmpty()) {
      request.headers(headers.toArray(String[]::new));
    }
    return new Answer(gateway.send(request.build()));
  }

  /** An answer of the token endpoint. */
  public record Answer(HttpResponse<String> response) {
    public int status() {
      return response.statusCode();
    }

    public JsonObject json() {
      return new JsonObject(response.body());
    }

    /** The {@code error} member, or null. */
    public String error() {
      return json().getString("error");
    }

    public String accessToken() {
      return json().getString("access_token");
    }

    /** The {@code scope} member. */
    public String scope() {
      return json().getString("scope");
    }

    /** The access token, read but not verified. */
    public SignedJWT jwt() {
      try {
        return SignedJWT.parse(accessToken());
      } catch (ParseException e) {
        throw new IllegalStateException(e);
      }
    }

    /** A header's value, or null. */
    public String header(String name) {
      return response.headers().firstValue(name).orElse(null);
    }
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
