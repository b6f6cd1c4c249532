package io.postern.relay;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Counts in the answers of OpenAI and Anthropic, whatever chunks they come in. */
class TokenUsageTest {
  private static final String EVENTS = "text/event-stream; charset=utf-8";

  private static TokenUsage read(String type, String text, int chunk) {
    TokenUsage usage = Objects.requireNonNull(TokenUsage.find(type, null));
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    for (int from = 0; from < bytes.length; from += chunk) {
      usage.read(Arrays.copyOfRange(bytes, from, Math.min(bytes.length, from + chunk)));
    }
    return usage;
  }

  private static void assertCounts(String type, String text, long input, long output) {
    for (int chunk : new int[] {1, 2, 3, 7, 64, 1 << 20}) {
      TokenUsage usage = read(type, text, chunk);
      assertThat(usage.inputTokens()).as("chunks of %d", chunk).isEqualTo(input);
      assertThat(usage.outputTokens()).as("chunks of %d", chunk).isEqualTo(output);
    }
  }

  @Test
  void openAiChat() {
    assertCounts(
        "application/json",
        """
        {"id":"c","choices":[{"message":{"content":"ü \\"usage\\"","usage":{"prompt_tokens":1}}}],
         "usage":{"prompt_tokens":19,"completion_tokens":10,"total_tokens":29,
          "prompt_tokens_details":{"cached_tokens":3,"prompt_tokens":4}}}
        """,
        19,
        10);
  }

  @ParameterizedTest
  @ValueSource(strings = {"\n", "\r\n", "\r"})
  void openAiChatEvents(String end) {
    assertCounts(
        EVENTS,
        """
        data: {"choices":[{"delta":{"content":"a"}}],"usage":null}

        data: {"choices":[],"usage":{"prompt_tokens":5,"completion_tokens":7}}

        data: [DONE]

        """
            .replace("\n", end),
        5,
        7);
  }

  @Test
  void openAiResponses() {
    assertCounts(
        "application/json",
        """
        {"object":"response","usage":{"input_tokens":36,"output_tokens":87,
         "output_tokens_details":{"reasoning_tokens":0}}}\
        """,
        36,
        87);
    assertCounts(
        EVENTS,
        """
        event: response.created
        data: {"type":"response.created","response":{"usage":null}}

        event: response.completed
        data: {"type":"response.completed","response":{"usage":{"input_tokens":36,"output_tokens":87}}}

        """,
        36,
        87);
  }

  @Test
  void anthropicMessages() {
    assertCounts(
        "application/json",
        """
        {"type":"message","usage":{"input_tokens":12,"cache_read_input_tokens":9,"output_tokens":6}}
        """,
        12,
        6);
    assertCounts(
        EVENTS,
        """
        event: message_start
        data: {"type":"message_start","message":{"usage":{"input_tokens":25,"output_tokens":1}}}

        : a comment
        event: ping
        data: {"type": "ping"}

        event: message_delta
        data: {"type":"message_delta","delta":{},
        data: "usage":{"output_tokens":15}}

        event: message_stop
        data: {"type":"message_stop"}

        """,
        25,
        15);
  }

  @Test
  void whatCannotBeRead_endsTheCountingOfItAlone() {
    assertCounts(
        EVENTS,
        """
        data: {"usage":{"prompt_tokens":5,

        data: not json {{{

        data
        data:{"usage":{"prompt_tokens":6,"completion_tokens":-7}}

        """,
        6,
        -1);
    assertCounts("application/json", "[]]{\"usage\":{\"prompt_tokens\":5}}", -1, -1);
    assertCounts(
        "application/json", "{\"usage\":{\"prompt_tokens\":99999999999999999999}}", -1, -1);
    assertCounts("application/json", "", -1, -1);
  }

  @Test
  void veryLongString_isNotKept() {
    String text = "{\"a\":\"" + "x".repeat(3 << 20) + "\",\"usage\":{\"prompt_tokens\":5}}";
    assertThat(read("application/json", text, 8192).inputTokens()).isEqualTo(-1);
  }

  @ParameterizedTest
  @CsvSource({
    "application/json,,true",
    "Application/JSON; charset=utf-8,identity,true",
    "text/event-stream,,true",
    "application/json,gzip,false",
    "text/html,,false",
    ",,false"
  })
  void answer_isReadIfItMayCount(String type, String encoding, boolean read) {
    assertThat(TokenUsage.find(type, encoding) != null).isEqualTo(read);
  }
}
