package io.postern.logging;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.OffsetDateTime;
import org.junit.jupiter.api.Test;
import org.slf4j.event.KeyValuePair;

class JsonLogEncoderTest {
  private static final Instant AT = Instant.parse("2026-03-01T12:00:00.000120999Z");

  private static LoggingEvent event(String message, Throwable failure, Object... arguments) {
    LoggingEvent event =
        new LoggingEvent(
            "", new LoggerContext().getLogger("a.b"), Level.WARN, message, failure, arguments);
    event.setInstant(AT);
    event.setThreadName("loop-1");
    return event;
  }

  private static String encode(LoggingEvent event) {
    return new String(new JsonLogEncoder().encode(event), StandardCharsets.UTF_8);
  }

  @Test
  void event_isOneLine_withItsParts() {
    String line = encode(event("{} and \"{}\"", null, "one\ntwo\u2028", '\u0000'));

    assertThat(line).endsWith("}\n").hasLineCount(1);
    JsonObject json = new JsonObject(line);
    assertThat(json.fieldNames()).containsExactly("time", "level", "logger", "thread", "message");
    assertThat(OffsetDateTime.parse(json.getString("time")))
        .isEqualTo("2026-03-01T12:00:00.000120Z");
    assertThat(json.getString("level")).isEqualTo("WARN");
    assertThat(json.getString("logger")).isEqualTo("a.b");
    assertThat(json.getString("thread")).isEqualTo("loop-1");
    assertThat(json.getString("message")).isEqualTo("one\ntwo\u2028 and \"\u0000\"");
  }

  @Test
  void exception_isItsStackTrace_inTheSameLine() {
    String line = encode(event("failed", new IllegalStateException("why", new Error("root\n"))));

    assertThat(line).hasLineCount(1);
    assertThat(new JsonObject(line).getString("exception"))
        .contains("IllegalStateException: why", "Caused by: java.lang.Error: root", "\tat ");
  }

  @Test
  void pairs_areMembers_numbersAsNumbers() {
    LoggingEvent event = event("m", null);
    event.addKeyValuePair(new KeyValuePair("status", 200));
    event.addKeyValuePair(new KeyValuePair("bytes", 5_000_000_000L));
    event.addKeyValuePair(new KeyValuePair("duration_ms", 0.25));
    event.addKeyValuePair(new KeyValuePair("path", "/a\"b"));
    event.addKeyValuePair(new KeyValuePair("gone", null));

    assertThat(new JsonObject(encode(event)).getMap())
        .containsEntry("status", 200)
        .containsEntry("bytes", 5_000_000_000L)
        .containsEntry("duration_ms", 0.25)
        .containsEntry("path", "/a\"b")
        .containsEntry("gone", "null");
  }
}
