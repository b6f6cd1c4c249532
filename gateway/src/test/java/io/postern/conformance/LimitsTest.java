package io.postern.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.postern.testing.ByteConnection;
import io.postern.testing.TestGateway;
import io.postern.testing.TestRegistry;
import io.postern.testing.TokenCall;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The limits of a request: past each of them it is refused, and nothing is kept without bound. */
class LimitsTest {
  private static final String GRANT = "grant_type=client_credentials";
  private static final int MAX_BODY_BYTES = 64 * 1024;
  private static final int MAX_PARAMETERS = 64;
  private static final int MAX_SCOPES = 1024;
  private static final int MAX_SCOPE_LENGTH = 255;
  // what a refused client may still send into the socket's buffers before it notices
  private static final int MOST_CHUNKS = 64_000;
  // many times what the sockets of both sides hold
  private static final long MOST_UNREAD_BYTES = 64L * 1024 * 1024;
  // twice the gateway's own with a slow body
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private static TestGateway gateway;
  private static TestRegistry.Agent agent;

  @BeforeAll
  static void start() {
    gateway = TestGateway.start();
    agent = gateway.registry().agent();
    gateway.registry().grant(agent, gateway.registry().service("read", "write"), "read", "write");
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  private static ByteConnection connect() {
    return ByteConnection.to(gateway, PATIENCE);
  }

  private static String formOf(int bytes) {
    return GRANT + "&x=" + "x".repeat(bytes - GRANT.length() - 3);
  }

  private static void assertRefused(ByteConnection.Answer answer, int status) {
    assertThat(answer.status()).isEqualTo(status);
    assertThat(new JsonObject(answer.body()).getString("error")).isEqualTo("invalid_request");
    assertThat(answer.headers()).containsEntry("cache-control", "no-store");
  }

  @Nested
  @DisplayName("Header")
  class Header {
    @Test
    void headers_tooLarge_is431() {
      try (ByteConnection connection = connect()) {
        connection.write(
            ByteConnection.head(agent, "X-Padding: " + "x".repeat(20_000), "Content-Length: 0"));

        assertThat(connection.read().status()).isEqualTo(431);
        assertThat(connection.isClosedByPeer()).isTrue();
      }
    }

    @Test
    void headers_manySmallOnes_is431() {
      String[] lines =
          IntStream.range(0, 2_000).mapToObj(i -> "X-Padding: 0123456789").toArray(String[]::new);
      try (ByteConnection connection = connect()) {
        connection.write(ByteConnection.head(agent, lines));

        assertThat(connection.read().status()).isEqualTo(431);
      }
    }

    @Test
    void requestUri_tooLong_is414() {
      try (ByteConnection connection = connect()) {
        connection.write(
            "GET /oauth2/jwks?" + "x".repeat(9_000) + " HTTP/1.1\r\nHost: localhost\r\n\r\n");

        assertThat(connection.read().status()).isEqualTo(414);
        assertThat(connection.isClosedByPeer()).isTrue();
      }
    }

    @ParameterizedTest
    @ValueSource(strings = {"Content-Length: -1", "Content-Length: x", "Bad Name: x"})
    void header_malformed_is400(String line) {
      try (ByteConnection connection = connect()) {
        connection.write(ByteConnection.head(agent, line));

        assertThat(connection.read().status()).isEqualTo(400);
      }
    }
  }

  @Nested
  @DisplayName("Body")
  class Body {
    @Test
    void body_atTheLimit_isRead() {
      Expect.issued(
          TokenCall.to(gateway)
              .basic(agent.clientId(), agent.secret())
              .raw(formOf(MAX_BODY_BYTES))
              .send());
    }

    @Test
    void body_pastTheLimit_is413AndTheConnectionIsClosed() {
      try (ByteConnection connection = connect()) {
        connection.write(ByteConnection.request(agent, formOf(MAX_BODY_BYTES + 1)));

        assertRefused(connection.read(), 413);
        assertThat(connection.isClosedByPeer()).isTrue();
      }
    }

    @Test
    void body_chunkedWithoutEnd_is413AndTheConnectionIsClosed() {
      String chunk = "400\r\n" + "x".repeat(0x400) + "\r\n";
      try (ByteConnection connection = connect()) {
        connection.write(ByteConnection.head(agent, "Transfer-Encoding: chunked"));
        int sent = 0;
        while (!connection.hasAnswer() && sent < MOST_CHUNKS && connection.write(chunk)) {
          sent++;
        }

        assertThat(sent).isGreaterThanOrEqualTo(MAX_BODY_BYTES / 0x400).isLessThan(MOST_CHUNKS);
        assertRefused(connection.read(), 413);
        assertThat(connection.isClosedByPeer()).isTrue();
      }
    }

    // The three ways to be slow, at once: it takes as long as the gateway's patience.
    @Test
    void body_slow_is408AndTheConnectionIsClosed() {
      try (ByteConnection nothing = connect();
          ByteConnection half = connect();
          ByteConnection dripping = connect()) {
        nothing.write(ByteConnection.head(agent, "Content-Length: 100"));
        half.write(ByteConnection.head(agent, "Content-Length: 100") + GRANT);
        dripping.write(ByteConnection.head(agent, "Transfer-Encoding: chunked"));
        Expect.eventually(
            Duration.ofSeconds(15),
            () -> {
              dripping.write("1\r\nx\r\n");
              return dripping.hasAnswer();
            });
        for (ByteConnection slow : List.of(dripping, half, nothing)) {
          assertRefused(slow.read(), 408);
          assertThat(slow.isClosedByPeer()).isTrue();
        }
      }
    }
  }

  @Nested
  @DisplayName("Parameters")
  class Parameters {
    @Test
    void parameters_atTheLimit_areRead() {
      Expect.issued(withParameters(MAX_PARAMETERS).send());
    }

    @Test
    void parameters_pastTheLimit_isInvalidRequest() {
      Expect.invalidRequest(withParameters(MAX_PARAMETERS + 1).send());
    }

    @Test
    void scopes_atTheLimit_areRead() {
      TokenCall.Answer answer =
          TokenCall.by(gateway, agent).param("scope", scopes(MAX_SCOPES)).send();

      assertThat(Expect.issued(answer).scope()).isEqualTo("read");
    }

    @Test
    void scopes_pastTheLimit_isInvalidScope() {
      Expect.invalidScope(
          TokenCall.by(gateway, agent).param("scope", scopes(MAX_SCOPES + 1)).send());
    }

    @Test
    void scope_atTheLongest_isRead() {
      String longest = "read " + "x".repeat(MAX_SCOPE_LENGTH);

      Expect.issued(TokenCall.by(gateway, agent).param("scope", longest).send());
    }

    @Test
    void scope_tooLong_isInvalidScope() {
      String tooLong = "read " + "x".repeat(MAX_SCOPE_LENGTH + 1);

      Expect.invalidScope(TokenCall.by(gateway, agent).param("scope", tooLong).send());
    }

    @Test
    void audience_tooLong_isInvalidTarget() {
      Expect.invalidTarget(
          TokenCall.by(gateway, agent).param("audience", "x".repeat(60_000)).send());
    }

    private TokenCall withParameters(int count) {
      TokenCall call = TokenCall.by(gateway, agent);
      IntStream.range(1, count).forEach(i -> call.param("p" + i, "x"));
      return call;
    }

    private String scopes(int count) {
      return "read "
          + IntStream.range(1, count).mapToObj(i -> "s" + i).collect(Collectors.joining(" "));
    }
  }

  @Nested
  @DisplayName("Pipelining (RFC 9112 9.3.2)")
  class Pipelining {
    @Test
    void pipelined_areAnsweredInTheirOrder() {
      List<String> scopes = new ArrayList<>();
      StringBuilder requests = new StringBuilder();
      for (int i = 0; i < 50; i++) {
        scopes.add(i % 2 == 0 ? "read" : "write");
        requests.append(ByteConnection.request(agent, GRANT + "&scope=" + scopes.getLast()));
      }
      try (ByteConnection connection = connect()) {
        connection.write(requests.toString());

        for (String scope : scopes) {
          ByteConnection.Answer answer = connection.read();
          assertThat(answer.status()).isEqualTo(200);
          assertThat(new JsonObject(answer.body()).getString("scope")).isEqualTo(scope);
        }
      }
    }

    @Test
    void pipelined_afterARefusedOne_areAnswered() {
      try (ByteConnection connection = connect()) {
        connection.write(
            ByteConnection.request(agent, "grant_type=x")
                + ByteConnection.request(agent, GRANT + "&scope=read"));

        assertRefusedAs(connection.read(), "unsupported_grant_type");
        assertThat(connection.read().status()).isEqualTo(200);
      }
    }

    // what follows a body that was not read to its end cannot be told from that body
    @Test
    void pipelined_afterABodyPastTheLimit_areNotAnswered() {
      try (ByteConnection connection = connect()) {
        connection.write(
            ByteConnection.request(agent, formOf(MAX_BODY_BYTES + 1))
                + ByteConnection.request(agent, GRANT));

        assertRefused(connection.read(), 413);
        assertThat(connection.isClosedByPeer()).isTrue();
      }
    }

    @Test
    void pipelined_afterABodyThatNobodyReads_areAnswered() {
      String body = "x".repeat(100_000);
      try (ByteConnection connection = connect()) {
        connection.write(
            "PUT /oauth2/token HTTP/1.1\r\nHost: localhost\r\nContent-Length: "
                + body.length()
                + "\r\n\r\n"
                + body
                + ByteConnection.request(agent, GRANT));

        assertThat(connection.read().status()).isEqualTo(405);
        assertThat(connection.read().status()).isEqualTo(200);
      }
    }

    // RFC 9112 9.3.2 bounds nothing; an unread answer would lie in the gateway's memory
    @Test
    void pipelined_withoutReadingTheAnswers_areNotTakenWithoutEnd() throws IOException {
      byte[] requests =
          ByteConnection.request(agent, GRANT).repeat(100).getBytes(StandardCharsets.US_ASCII);
      var address =
          new InetSocketAddress(
              gateway.settings().listeners().http().host(),
              gateway.settings().listeners().http().port());
      try (SocketChannel channel = SocketChannel.open(address)) {
        channel.configureBlocking(false);
        ByteBuffer out = ByteBuffer.wrap(requests);
        long sent = 0;
        long lastTaken = System.nanoTime();
        while (sent < MOST_UNREAD_BYTES && System.nanoTime() - lastTaken < 2_000_000_000L) {
          int taken = channel.write(out);
          sent += taken;
          lastTaken = taken > 0 ? System.nanoTime() : lastTaken;
          if (!out.hasRemaining()) {
            out.rewind();
          }
        }
        assertThat(sent).isLessThan(MOST_UNREAD_BYTES);
        // and all that was taken is answered once somebody reads
        channel.configureBlocking(true);
        ByteBuffer in = ByteBuffer.allocate(1024 * 1024);
        long answered = 0;
        while (answered < sent / 2) {
          in.clear();
          answered += channel.read(in);
        }
      }
    }

    private void assertRefusedAs(ByteConnection.Answer answer, String error) {
      assertThat(answer.status()).isEqualTo(400);
      assertThat(new JsonObject(answer.body()).getString("error")).isEqualTo(error);
    }
  }

  @Test
  void unknownPath_is404() {
    assertThat(gateway.get(URI.create(gateway.issuer() + "/oauth2/token/")).statusCode())
        .isEqualTo(404);
  }
}
