package io.postern.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.postern.testing.ByteConnection;
import io.postern.testing.TestGateway;
import io.postern.testing.TestRegistry;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.Tuple;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/**
 * Whatever is sent: an answer below 500 or a closed connection, nothing of the request in it, and
 * the next request is served. Text is ISO 8859-1 here: a character is a byte.
 */
class TokenEndpointProperties {
  private static final String MARKER = "zQ8echo";
  private static final String FORM_TYPE = "application/x-www-form-urlencoded";

  private static TestGateway gateway;
  private static String goodRequest;

  @BeforeContainer
  static void start() {
    gateway = TestGateway.start();
    TestRegistry.Resource service = gateway.registry().service("read");
    TestRegistry.Agent agent = gateway.registry().agent();
    gateway.registry().grant(agent, service, "read");
    String credentials =
        Base64.getEncoder()
            .encodeToString(
                (agent.clientId() + ":" + agent.secret()).getBytes(StandardCharsets.UTF_8));
    goodRequest =
        request(
            List.of("Authorization: Basic " + credentials, "Content-Type: " + FORM_TYPE),
            "grant_type=client_credentials");
  }

  @AfterContainer
  static void stop() {
    gateway.close();
  }

  @Provide
  Arbitrary<String> bytes() {
    return text(0, 0xFF, 300);
  }

  /** Header values that keep to one line, of any other bytes. */
  @Provide
  Arbitrary<String> values() {
    Arbitrary<String> lines =
        text(0, 0xFF, 120).map(text -> text.replace("\n", "").replace("\r", ""));
    Arbitrary<String> visible = text(0x20, 0x7E, 120);
    Arbitrary<String> base64 =
        bytes()
            .map(
                text ->
                    Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.ISO_8859_1)));
    return Arbitraries.frequencyOf(
        Tuple.of(1, lines),
        Tuple.of(1, visible),
        Tuple.of(3, base64.map(text -> "Basic " + text)),
        Tuple.of(1, lines.map(text -> "Basic " + text)),
        Tuple.of(1, visible.map(text -> "Bearer " + text)));
  }

  @Provide
  Arbitrary<String> types() {
    return Arbitraries.frequencyOf(
        Tuple.of(5, Arbitraries.just(FORM_TYPE)),
        Tuple.of(1, text(0x20, 0x7E, 30).map(text -> FORM_TYPE + ";" + text)),
        Tuple.of(1, text(0x20, 0xFF, 30)));
  }

  /** Forms that come far: known names, values of all kinds. */
  @Provide
  Arbitrary<String> forms() {
    Arbitrary<String> names =
        Arbitraries.of(
            "client_id",
            "client_secret",
            "client_assertion",
            "client_assertion_type",
            "scope",
            "audience",
            "resource",
            "grant_type",
            "other");
    Arbitrary<String> segments =
        text(0, 0xFF, 40)
            .map(
                text ->
                    Base64.getUrlEncoder()
                        .withoutPadding()
                        .encodeToString(
                            ("{\"alg\":\"ES256\"" + text).getBytes(StandardCharsets.ISO_8859_1)));
    Arbitrary<String> values =
        Arbitraries.oneOf(
            text(0x20, 0xFF, 40),
            text(0, 0xFF, 40).map(TokenEndpointProperties::percent),
            Combinators.combine(segments, segments, segments)
                .as((a, b, c) -> a + "." + b + "." + c),
            Arbitraries.of(
                "client_credentials",
                "urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer",
                "%",
                "%F0%9F%92%A9",
                "%00"));
    return Combinators.combine(names, values)
        .as((name, value) -> name + "=" + value)
        .list()
        .ofMaxSize(6)
        .map(pieces -> "grant_type=client_credentials&" + String.join("&", pieces));
  }

  @Property(tries = 250, shrinking = ShrinkingMode.BOUNDED)
  void request_ofAnyBytes_isAnsweredOrClosed(
      @ForAll("values") String authorization,
      @ForAll("types") String contentType,
      @ForAll("bytes") String body) {
    assertHarmless(
        List.of("Authorization: " + authorization + MARKER, "Content-Type: " + contentType),
        body + MARKER);
  }

  @Property(tries = 250, shrinking = ShrinkingMode.BOUNDED)
  void request_withALikelyForm_isAnsweredOrClosed(
      @ForAll("forms") String form, @ForAll("values") String authorization) {
    assertHarmless(List.of("Content-Type: " + FORM_TYPE), form + MARKER);
    assertHarmless(
        List.of("Content-Type: " + FORM_TYPE, "Authorization: " + authorization), form + MARKER);
  }

  @Property(tries = 150, shrinking = ShrinkingMode.BOUNDED)
  void request_withAnyHeaderLines_isAnsweredOrClosed(
      @ForAll("headerLines") List<String> lines, @ForAll("forms") String form) {
    assertHarmless(lines, form);
  }

  @Provide
  Arbitrary<List<String>> headerLines() {
    Arbitrary<String> names =
        Arbitraries.of(
            "Authorization",
            "Content-Type",
            "Host",
            "Expect",
            "X-Forwarded-For",
            "Accept-Encoding",
            "Content-Encoding",
            "Cookie",
            "Origin",
            "Upgrade",
            "X-" + MARKER);
    Arbitrary<String> values =
        Arbitraries.oneOf(
            text(0x20, 0xFF, 60), Arbitraries.of("100-continue", "gzip", "h2c", "*", "null"));
    return Combinators.combine(names, values)
        .as((name, value) -> name + ": " + value)
        .list()
        .ofMaxSize(5);
  }

  /** Not even HTTP: whatever the first bytes of a connection are. */
  @Property(tries = 100, shrinking = ShrinkingMode.BOUNDED)
  void connection_ofAnyBytes_isAnsweredOrClosed(@ForAll("bytes") String bytes) {
    try (ByteConnection connection = ByteConnection.to(gateway)) {
      // ends as a request does, so that an answer is due
      assertAnswer(connection.exchange(bytes + MARKER + " / HTTP/1.1\r\n\r\n"));
    }
    assertServes();
  }

  // RFC 9113 §3.1, RFC 9110 §7.8: an upgrade that is not taken is ignored
  @Example
  void upgrade_toHttp2_isIgnored() {
    List<String> upgrade =
        List.of(
            "Upgrade: h2c",
            "Connection: Upgrade, HTTP2-Settings",
            "HTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA");
    for (int count = 1; count <= upgrade.size(); count++) {
      try (ByteConnection connection = ByteConnection.to(gateway)) {
        String lines = String.join("\r\n", upgrade.subList(0, count)) + "\r\n";
        for (int i = 0; i < 2; i++) {
          ByteConnection.Answer answer =
              connection.exchange(goodRequest.replace("Host:", lines + "Host:"));
          assertThat(answer.status()).isEqualTo(200);
          assertThat(answer.body()).contains("access_token");
        }
      }
    }
  }

  private static void assertHarmless(List<String> headers, String body) {
    try (ByteConnection connection = ByteConnection.to(gateway)) {
      ByteConnection.Answer answer = connection.exchange(request(headers, body));
      assertAnswer(answer);
      if (answer != null) {
        // after what is no HTTP it is closed, and not always announced
        ByteConnection.Answer next = connection.exchange(goodRequest);
        if (next != null) {
          assertThat(next.status()).isEqualTo(200);
          return;
        }
      }
    }
    assertServes();
  }

  private static void assertAnswer(ByteConnection.Answer answer) {
    if (answer != null) {
      assertThat(answer.status()).isBetween(200, 499);
      assertThat(answer.body()).doesNotContain(MARKER);
      assertThat(answer.headers().toString()).doesNotContain(MARKER);
    }
  }

  private static void assertServes() {
    try (ByteConnection connection = ByteConnection.to(gateway)) {
      assertThat(connection.exchange(goodRequest).status()).isEqualTo(200);
    }
  }

  private static String request(List<String> headers, String body) {
    return "POST /oauth2/token HTTP/1.1\r\nHost: localhost\r\n"
        + String.join("", headers.stream().map(header -> header + "\r\n").toList())
        + "Content-Length: "
        + body.length()
        + "\r\n\r\n"
        + body;
  }

  private static Arbitrary<String> text(int from, int to, int maxLength) {
    return Arbitraries.strings().withCharRange((char) from, (char) to).ofMaxLength(maxLength);
  }

  private static String percent(String text) {
    StringBuilder encoded = new StringBuilder();
    for (byte b : text.getBytes(StandardCharsets.ISO_8859_1)) {
      encoded.append(String.format("%%%02X", b));
    }
    return encoded.toString();
  }
}
