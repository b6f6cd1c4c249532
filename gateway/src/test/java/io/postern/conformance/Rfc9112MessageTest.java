package io.postern.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.postern.testing.ByteConnection;
import io.postern.testing.TestGateway;
import io.postern.testing.TestRegistry;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** RFC 9112, HTTP/1.1: where a message ends and whom it is for, on both listeners. */
class Rfc9112MessageTest {
  private static final String FORM = "grant_type=client_credentials";
  private static final String IN_CHUNKS = "Transfer-Encoding: chunked";
  private static final String CHUNKS = "1d\r\n" + FORM + "\r\n0\r\n\r\n";
  private static final String SMUGGLED = "GET /smuggled HTTP/1.1\r\nHost: localhost\r\n\r\n";

  private static TestGateway gateway;
  private static TestRegistry.Agent agent;

  @BeforeAll
  static void start() {
    gateway = TestGateway.start();
    agent = gateway.registry().agent();
    gateway.registry().grant(agent, gateway.registry().service("read"), "read");
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  /** Sends a request with such lines, and one more behind it, to both listeners. */
  private static void assertRefusedAndClosed(String body, String... lines) {
    String atManagement =
        "POST /admin/v1/agents HTTP/1.1\r\nHost: localhost\r\n"
            + String.join("\r\n", lines)
            + "\r\n\r\n";
    try (ByteConnection open = ByteConnection.to(gateway);
        ByteConnection management = ByteConnection.toManagement(gateway)) {
      assertRefusedAndClosed(open, ByteConnection.head(agent, lines) + body + SMUGGLED);
      assertRefusedAndClosed(management, atManagement + body + SMUGGLED);
    }
  }

  private static void assertRefusedAndClosed(ByteConnection connection, String bytes) {
    ByteConnection.Answer answer = connection.exchange(bytes);
    assertThat(answer).isNotNull();
    assertThat(answer.status()).isEqualTo(400);
    assertThat(connection.isClosedByPeer()).isTrue();
  }

  private static void assertIssued(String request) {
    try (ByteConnection connection = ByteConnection.to(gateway)) {
      assertThat(connection.exchange(request).status()).isEqualTo(200);
      // what comes next is read from where this one ended
      assertThat(connection.exchange(ByteConnection.request(agent, FORM)).status()).isEqualTo(200);
    }
  }

  @Nested
  @DisplayName("6.3 Message body length")
  class MessageBodyLength {
    @Test
    void contentLengthAndChunked_isRefusedAndClosed() {
      assertRefusedAndClosed(CHUNKS, "Content-Length: 29", IN_CHUNKS);
      assertRefusedAndClosed(CHUNKS, IN_CHUNKS, "Content-Length: 29");
      assertRefusedAndClosed(CHUNKS, IN_CHUNKS, "Content-Length: 0");
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "29, 30",
          "29,30",
          "+29",
          "-1",
          "0x1d",
          "2 9",
          "29;",
          "",
          "29.0",
          "99999999999999999999"
        })
    void contentLength_notANumber_isRefusedAndClosed(String value) {
      assertRefusedAndClosed(FORM, "Content-Length: " + value);
    }

    @Test
    void contentLength_two_isRefusedAndClosed() {
      assertRefusedAndClosed(FORM, "Content-Length: 29", "Content-Length: 30");
      assertRefusedAndClosed(FORM, "Content-Length: 29", "content-length: 29");
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "identity",
          "gzip",
          "gzip, deflate",
          "identity, identity",
          "x-chunked",
          "\"chunked\"",
          "gzip, chunked",
          "chunked, identity",
          "chunked, gzip",
          ", chunked, ",
          "chunked, chunked",
          "chunked;q=1",
          ""
        })
    void transferEncoding_otherThanChunked_isRefusedAndClosed(String value) {
      assertRefusedAndClosed(CHUNKS, "Transfer-Encoding: " + value);
    }

    @Test
    void transferEncoding_twoLines_isRefusedAndClosed() {
      assertRefusedAndClosed(CHUNKS, IN_CHUNKS, IN_CHUNKS);
      assertRefusedAndClosed(CHUNKS, "Transfer-Encoding: identity", IN_CHUNKS);
    }

    @Test
    void transferEncodingBesideContentLength_ofAnyKind_isRefusedAndClosed() {
      assertRefusedAndClosed(FORM, "Transfer-Encoding: identity", "Content-Length: 29");
    }

    // RFC 9112 §6.1: HTTP/1.0 has no transfer codings
    @Test
    void transferEncoding_ofHttp10_isRefusedAndClosed() {
      String head = ByteConnection.head(agent, IN_CHUNKS).replace("HTTP/1.1", "HTTP/1.0");
      try (ByteConnection connection = ByteConnection.to(gateway)) {
        assertRefusedAndClosed(connection, head + CHUNKS);
      }
    }
  }

  @Nested
  @DisplayName("5 Field syntax")
  class FieldSyntax {
    @ParameterizedTest
    @ValueSource(
        strings = {
          "Content-Length : 29",
          "Content-Length\t: 29",
          " Content-Length: 29",
          "Content Length: 29",
          "Content-Length",
          "X-A: b\u0000c",
          "X-A: b\rContent-Length: 29"
        })
    void fieldLine_malformed_isRefusedAndClosed(String line) {
      try (ByteConnection connection = ByteConnection.to(gateway)) {
        assertRefusedAndClosed(
            connection,
            "POST /oauth2/token HTTP/1.1\r\n" + line + "\r\nHost: localhost\r\n\r\n" + FORM);
      }
    }

    @Test
    void transferEncoding_folded_isRefusedAndClosed() {
      assertRefusedAndClosed(CHUNKS, "Transfer-Encoding:\r\n chunked");
      assertRefusedAndClosed(CHUNKS, "Transfer-Encoding: chunked\r\n ");
      assertRefusedAndClosed(CHUNKS, "Transfer-Encoding: identity,\r\n\tchunked");
    }

    // RFC 9112 §5.2: a fold is refused, or read as a space
    @Test
    void contentLength_folded_isReadAsWithASpace() {
      assertRefusedAndClosed(FORM, "Content-Length: 2\r\n 9");
    }

    @Test
    void lineEnd_withoutCarriageReturn_isRefusedAndClosed() {
      try (ByteConnection connection = ByteConnection.to(gateway)) {
        assertRefusedAndClosed(
            connection, "GET /oauth2/jwks HTTP/1.1\nHost: localhost\n\n" + SMUGGLED);
      }
    }
  }

  @Nested
  @DisplayName("7.1 Chunked transfer coding")
  class ChunkedTransferCoding {
    @ParameterizedTest
    @ValueSource(
        strings = {
          ";a=b",
          ";a",
          ";a=\"b c\"",
          ";a=\"b;c\\\"d\"",
          ";a=b;c=d;e",
          " ; a = b",
          ";name=value-with.more~characters"
        })
    void chunkExtension_isIgnored(String extension) {
      assertIssued(
          ByteConnection.head(agent, IN_CHUNKS)
              + "1d%s\r\n%s\r\n0%s\r\n\r\n".formatted(extension, FORM, extension));
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "X-Checksum: 1",
          "X-Checksum: 1\r\nX-Other: 2",
          "Content-Length: 5",
          "Host: other",
          "Authorization: Basic eDp5",
          "Transfer-Encoding: identity"
        })
    void trailer_isReadPast(String trailer) {
      assertIssued(
          ByteConnection.head(agent, IN_CHUNKS)
              + "1d\r\n"
              + FORM
              + "\r\n0\r\n"
              + trailer
              + "\r\n\r\n");
    }

    @Test
    void chunks_many_areOneBody() {
      StringBuilder chunks = new StringBuilder();
      FORM.chars().forEach(c -> chunks.append("1;x=y\r\n").append((char) c).append("\r\n"));
      assertIssued(
          ByteConnection.head(agent, "transfer-encoding: Chunked") + chunks + "000\r\n\r\n");
    }

    @Test
    void chunksAtTheManagementListener_areReadPastTheSame() {
      try (ByteConnection connection = ByteConnection.toManagement(gateway)) {
        String request =
            String.join(
                "\r\n",
                "GET /health/live HTTP/1.1",
                "Host: localhost",
                IN_CHUNKS,
                "",
                "2;a=b",
                "{}",
                "0;a=b",
                "X-T: 1",
                "",
                "");

        assertThat(connection.exchange(request).status()).isEqualTo(200);
        assertThat(connection.exchange(request).status()).isEqualTo(200);
      }
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "x\r\n",
          "-1\r\n",
          "\r\n",
          "1d\n",
          ";a=b\r\n",
          "80000000\r\n",
          "1 d\r\n",
          "0x1d\r\n"
        })
    void chunkSize_malformed_isClosed(String line) {
      try (ByteConnection connection = ByteConnection.to(gateway)) {
        ByteConnection.Answer answer =
            connection.exchange(
                ByteConnection.head(agent, IN_CHUNKS) + line + FORM + "\r\n0\r\n\r\n" + SMUGGLED);

        assertThat(answer == null || answer.status() == 400).isTrue();
        assertThat(connection.isClosedByPeer()).isTrue();
      }
    }
  }

  @Nested
  @DisplayName("3.2 Request target")
  class RequestTarget {
    @ParameterizedTest
    @ValueSource(
        strings = {
          "",
          "Host: \r\n",
          "Host: one\r\nHost: one\r\n",
          "Host: one\r\nhost: two\r\n",
          "Host: one, two\r\n",
          "Host: a b\r\n",
          "Host: a/b\r\n",
          "Host: user@a\r\n",
          "Host: a:port\r\n",
          "Host: a:99999\r\n",
          "Host: [::1\r\n"
        })
    void host_missingRepeatedOrInvalid_isRefusedAndClosed(String lines) {
      for (String path : List.of("/oauth2/jwks", "/oauth2/token", "/health/live", "/nowhere")) {
        try (ByteConnection open = ByteConnection.to(gateway);
            ByteConnection management = ByteConnection.toManagement(gateway)) {
          String request = "GET " + path + " HTTP/1.1\r\n" + lines + "\r\n";

          assertRefusedAndClosed(open, request + SMUGGLED);
          assertRefusedAndClosed(management, request + SMUGGLED);
        }
      }
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "localhost",
          "localhost:8080",
          "127.0.0.1:1",
          "[::1]:80",
          "a_b.example",
          "EXAMPLE"
        })
    void host_ofAnyName_isAnswered(String host) {
      try (ByteConnection open = ByteConnection.to(gateway);
          ByteConnection management = ByteConnection.toManagement(gateway)) {
        String lines = " HTTP/1.1\r\nHost: " + host + "\r\n\r\n";

        assertThat(open.exchange("GET /oauth2/jwks" + lines).status()).isEqualTo(200);
        assertThat(management.exchange("GET /health/live" + lines).status()).isEqualTo(200);
      }
    }

    // health checks of load balancers
    @Test
    void host_missingInHttp10_isAnswered() {
      try (ByteConnection open = ByteConnection.to(gateway);
          ByteConnection management = ByteConnection.toManagement(gateway)) {
        assertThat(open.exchange("GET /oauth2/jwks HTTP/1.0\r\n\r\n").status()).isEqualTo(200);
        assertThat(management.exchange("GET /health/live HTTP/1.0\r\n\r\n").status())
            .isEqualTo(200);
      }
    }
  }
}
