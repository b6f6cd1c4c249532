package io.postern.bench.load;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ResponseScannerTest {
  private static final String WITH_LENGTH =
      "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\ncontent-length: 5\r\n\r\nhello";
  private static final String CHUNKED =
      """
      HTTP/1.1 401 Unauthorized\r
      Transfer-Encoding: chunked\r
      \r
      5;x=y\r
      hello\r
      A\r
      0123456789\r
      0\r
      Trailer: x\r
      \r
      """;
  private static final String WITHOUT_BODY = "HTTP/1.1 204 No Content\r\nDate: now\r\n\r\n";

  private final ResponseScanner scanner = new ResponseScanner();

  @ParameterizedTest
  @ValueSource(strings = {WITH_LENGTH, CHUNKED, WITHOUT_BODY})
  void isComplete_inPiecesOfOneByte_onlyAfterTheLast(String response) {
    for (int i = 0; i < response.length() - 1; i++) {
      append(response.substring(i, i + 1));
      assertThat(scanner.isComplete()).as("after %s bytes", i + 1).isFalse();
    }
    append(response.substring(response.length() - 1));

    assertThat(scanner.isComplete()).isTrue();
    assertThat(scanner.status()).isEqualTo(Integer.parseInt(response.substring(9, 12)));
    assertThat(scanner.keepAlive()).isTrue();
  }

  @Test
  void next_whatFollows_staysAndIsRead() {
    append(WITH_LENGTH + CHUNKED + WITHOUT_BODY + "HTTP/1.1 2");

    assertThat(scanner.isComplete()).isTrue();
    assertThat(scanner.body()).isEqualTo("hello");
    scanner.next();
    assertThat(scanner.isComplete()).isTrue();
    assertThat(scanner.status()).isEqualTo(401);
    scanner.next();
    assertThat(scanner.isComplete()).isTrue();
    assertThat(scanner.body()).isEmpty();
    scanner.next();
    assertThat(scanner.isComplete()).isFalse();
    append(WITH_LENGTH.substring("HTTP/1.1 2".length()));
    assertThat(scanner.isComplete()).isTrue();
    assertThat(scanner.status()).isEqualTo(200);
  }

  @Test
  void keepAlive_connectionClose_isFalse() {
    append("HTTP/1.1 200 OK\r\nConnection: Close\r\nContent-Length: 0\r\n\r\n");

    assertThat(scanner.isComplete()).isTrue();
    assertThat(scanner.keepAlive()).isFalse();
  }

  @Test
  void body_largerThanTheBuffer_isWhole() {
    String body = "0123456789".repeat(5000);
    append("HTTP/1.1 200 OK\r\nContent-Length: 50000\r\n\r\n");
    append(body);

    assertThat(scanner.isComplete()).isTrue();
    assertThat(scanner.body()).isEqualTo(body);
  }

  @Test
  void isComplete_withoutLength_isMalformed() {
    append("HTTP/1.1 200 OK\r\nDate: now\r\n\r\n");

    assertThatThrownBy(scanner::isComplete)
        .isInstanceOf(ResponseScanner.MalformedResponseException.class);
  }

  private void append(String bytes) {
    scanner.append(Unpooled.wrappedBuffer(bytes.getBytes(US_ASCII)));
  }
}
