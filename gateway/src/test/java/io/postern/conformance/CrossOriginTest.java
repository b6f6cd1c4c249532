package io.postern.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.postern.http.CrossOrigin;
import io.postern.testing.ChangedSettings;
import io.postern.testing.TestGateway;
import io.postern.testing.TestRegistry;
import io.postern.testing.TokenCall;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The CORS protocol (Fetch Standard §3.3): what pages of other origins may do. */
class CrossOriginTest {
  private static final String NAMED = "https://app.example.com";
  private static final String ALLOW_ORIGIN = "access-control-allow-origin";

  private static TestGateway closed;
  private static TestGateway open;

  @BeforeAll
  static void start() {
    closed = TestGateway.start();
    open = TestGateway.start(ChangedSettings.corsOrigins(NAMED, "http://localhost:3000"));
  }

  @AfterAll
  static void stop() {
    closed.close();
    open.close();
  }

  private static HttpResponse<String> send(
      TestGateway gateway, String method, URI uri, String... headers) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri).method(method, BodyPublishers.noBody());
    return gateway.send(headers.length == 0 ? request.build() : request.headers(headers).build());
  }

  private static HttpResponse<String> preflight(TestGateway gateway, URI uri, String origin) {
    return send(
        gateway,
        "OPTIONS",
        uri,
        "Origin",
        origin,
        "Access-Control-Request-Method",
        "POST",
        "Access-Control-Request-Headers",
        "authorization,content-type");
  }

  private static String header(HttpResponse<?> answer, String name) {
    return String.join(",", answer.headers().allValues(name));
  }

  @Nested
  @DisplayName("What is public")
  class Public {
    private static List<URI> documents() {
      return List.of(
          closed.jwksUri(),
          closed.publicUri("/.well-known/oauth-authorization-server"),
          closed.publicUri("/.well-known/openid-configuration"));
    }

    @Test
    void document_isReadByPagesOfAnyOrigin() {
      for (URI uri : documents()) {
        HttpResponse<String> answer = send(closed, "GET", uri, "Origin", "https://any.example");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(header(answer, ALLOW_ORIGIN)).isEqualTo("*");
        // so that a cache may give the same answer to all
        assertThat(header(send(closed, "GET", uri), ALLOW_ORIGIN)).isEqualTo("*");
        String etag = header(answer, "etag");
        HttpResponse<String> known = send(closed, "GET", uri, "If-None-Match", etag);
        assertThat(known.statusCode()).isEqualTo(304);
        assertThat(header(known, ALLOW_ORIGIN)).isEqualTo("*");
      }
    }

    @Test
    void error_isReadToo() {
      for (String path : List.of("/.well-known/oauth-authorization-server/other", "/nowhere")) {
        HttpResponse<String> answer = send(closed, "GET", closed.publicUri(path));
        assertThat(answer.statusCode()).isEqualTo(404);
        assertThat(header(answer, ALLOW_ORIGIN)).isEqualTo("*");
      }
      HttpResponse<String> answer = send(closed, "POST", closed.jwksUri());
      assertThat(answer.statusCode()).isEqualTo(405);
      assertThat(header(answer, ALLOW_ORIGIN)).isEqualTo("*");
    }

    // the MCP SDK asks with a header of its own, and so with a preflight
    @Test
    void preflight_isAnswered() {
      for (URI uri : documents()) {
        HttpResponse<String> answer = preflight(closed, uri, "https://any.example");

        assertThat(answer.statusCode()).isEqualTo(204);
        assertThat(header(answer, ALLOW_ORIGIN)).isEqualTo("*");
        assertThat(header(answer, "access-control-allow-methods")).isEqualTo("GET, HEAD");
        assertThat(header(answer, "access-control-allow-headers")).isEqualTo("*");
        assertThat(header(answer, "access-control-max-age")).isEqualTo("7200");
        assertThat(answer.body()).isEmpty();
      }
    }

    @Test
    void optionsThatAskNothing_isNotAllowed() {
      HttpResponse<String> answer = send(closed, "OPTIONS", closed.jwksUri());

      assertThat(answer.statusCode()).isEqualTo(405);
      assertThat(header(answer, "allow")).isEqualTo("GET, HEAD");
    }

    @Test
    void authorizationEndpoint_isForNoScript() {
      URI uri = open.publicUri("/oauth2/authorize");
      assertThat(header(send(open, "GET", uri, "Origin", NAMED), ALLOW_ORIGIN)).isEmpty();
      assertThat(header(preflight(open, uri, NAMED), ALLOW_ORIGIN)).isEmpty();
    }
  }

  @Nested
  @DisplayName("The token endpoint")
  class Token {
    @Test
    void originThatIsNamed_asksBeforehand() {
      for (String origin : List.of(NAMED, "http://localhost:3000")) {
        HttpResponse<String> answer = preflight(open, open.tokenEndpoint(), origin);

        assertThat(answer.statusCode()).isEqualTo(204);
        assertThat(header(answer, ALLOW_ORIGIN)).isEqualTo(origin);
        assertThat(header(answer, "access-control-allow-methods")).isEqualTo("POST");
        assertThat(header(answer, "access-control-allow-headers"))
            .contains("authorization", "content-type");
        assertThat(header(answer, "access-control-max-age")).isEqualTo("7200");
        assertThat(header(answer, "vary")).isEqualToIgnoringCase("origin");
        assertThat(header(answer, "access-control-allow-credentials")).isEmpty();
      }
    }

    @Test
    void originThatIsNamed_readsTokenAndError() {
      TestRegistry.Agent agent = agent(open);
      for (TokenCall.Answer answer :
          List.of(
              Expect.issued(TokenCall.by(open, agent).header("Origin", NAMED).send()),
              Expect.invalidScope(
                  TokenCall.by(open, agent).param("scope", "x").header("Origin", NAMED).send()),
              Expect.invalidRequest(
                  TokenCall.by(open, agent).contentType("x/y").header("Origin", NAMED).send()))) {
        assertThat(answer.header(ALLOW_ORIGIN)).isEqualTo(NAMED);
        assertThat(answer.header("vary")).isEqualToIgnoringCase("origin");
        assertThat(answer.header("access-control-expose-headers"))
            .isEqualToIgnoringCase("Postern-Decision-Id, Retry-After, WWW-Authenticate");
      }
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "https://other.example.com",
          "http://app.example.com",
          "https://app.example.com:8443",
          "https://APP.example.com",
          "https://app.example.com.evil.example",
          "null"
        })
    void otherOrigin_isToldNothing(String origin) {
      HttpResponse<String> asked = preflight(open, open.tokenEndpoint(), origin);
      assertThat(asked.statusCode()).isEqualTo(405);
      assertThat(header(asked, ALLOW_ORIGIN)).isEmpty();
      assertThat(header(asked, "vary")).isEqualToIgnoringCase("origin");
      TokenCall.Answer answer = TokenCall.by(open, agent(open)).header("Origin", origin).send();
      assertThat(Expect.issued(answer).header(ALLOW_ORIGIN)).isNull();
      assertThat(answer.header("access-control-expose-headers")).isNull();
    }

    @Test
    void noOrigin_isVariedForCachesAlone() {
      TokenCall.Answer answer = Expect.issued(TokenCall.by(open, agent(open)).send());

      assertThat(answer.header("vary")).isEqualToIgnoringCase("origin");
      assertThat(answer.header(ALLOW_ORIGIN)).isNull();
    }

    @Test
    void noneNamed_isAsWithoutTheSetting() {
      HttpResponse<String> asked = preflight(closed, closed.tokenEndpoint(), NAMED);
      assertThat(asked.statusCode()).isEqualTo(405);
      assertThat(header(asked, "allow")).isEqualTo("POST");
      TokenCall.Answer answer = TokenCall.by(closed, agent(closed)).header("Origin", NAMED).send();
      Expect.issued(answer);
      for (HttpResponse<?> response : List.of(asked, answer.response())) {
        assertThat(header(response, ALLOW_ORIGIN)).isEmpty();
        assertThat(header(response, "vary")).isEmpty();
      }
    }

    private static TestRegistry.Agent agent(TestGateway gateway) {
      TestRegistry.Agent agent = gateway.registry().agent();
      gateway.registry().grant(agent, gateway.registry().service("read"), "read");
      return agent;
    }
  }

  @Nested
  @DisplayName("The setting")
  class Setting {
    @ParameterizedTest
    @CsvSource({
      "https://app.example.com/, https://app.example.com",
      "https://app.example.com/path, https://app.example.com",
      "https://App.Example.com, https://app.example.com",
      "HTTPS://app.example.com, https://app.example.com",
      "https://app.example.com:443, https://app.example.com",
      "http://app.example.com:80, http://app.example.com",
      "https://app.example.com?x, https://app.example.com"
    })
    void origin_asBrowsersDoNotWriteIt_isRefusedWithWhatToWrite(String given, String written) {
      assertThatThrownBy(() -> new CrossOrigin(List.of(NAMED, given)))
          .isInstanceOf(IllegalArgumentException.class)
          .message()
          .startsWith(given)
          .endsWith("write " + written);
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "*",
          "null",
          "app.example.com",
          "https://",
          "https://*.example.com",
          "a b",
          "https://user@app.example.com",
          "https://b\u00fccher.example",
          "urn:a:b"
        })
    void otherThanAnOrigin_isRefused(String given) {
      assertThatThrownBy(() -> new CrossOrigin(List.of(given)))
          .isInstanceOf(IllegalArgumentException.class)
          .message()
          .startsWith(given + " is not an origin");
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "https://app.example.com",
          "http://localhost:3000",
          "http://127.0.0.1:8080",
          "https://[::1]:8443",
          "https://xn--bcher-kva.example",
          "chrome-extension://abcdefghijklmnopabcdefghijklmnop"
        })
    void origin_asBrowsersWriteIt_isTaken(String given) {
      assertThat(new CrossOrigin(List.of(given))).isNotNull();
    }
  }
}
