package io.postern.relay;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonStreamContext;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.async.ByteArrayFeeder;
import com.fasterxml.jackson.core.json.async.NonBlockingJsonParser;
import io.postern.decision.DecisionEvent;
import java.io.IOException;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads how many tokens a language model has counted from its answer as it passes, in the forms of
 * OpenAI (chat completions, responses) and Anthropic, JSON or server-sent events. The last count of
 * each kind is taken, since those in events are running totals. Of the answer nothing is kept but
 * the JSON string that is read at the moment; what cannot be read ends the counting, not the
 * answer. Confined to one thread.
 */
final class TokenUsage {
  /** Of one string in the JSON, in characters. */
  private static final int LONGEST_STRING = 1 << 20;

  private static final Set<String> INPUT = Set.of("prompt_tokens", "input_tokens");
  private static final Set<String> OUTPUT = Set.of("completion_tokens", "output_tokens");
  private static final String USAGE = "usage";
  // what the usage stands in, in events of OpenAI's responses and of Anthropic's messages
  private static final Set<String> ENVELOPES = Set.of("response", "message");

  private static final byte[] NEW_LINE = {'\n'};
  private static final JsonFactory JSON =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder().maxStringLength(LONGEST_STRING).build())
          // names come from outside, and would be remembered for all
          .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
          .build();

  private final @Nullable EventLines events;
  private NonBlockingJsonParser parser = newParser();
  private boolean unreadable;
  private long inputTokens = DecisionEvent.Result.Relayed.NO_TOKENS;
  private long outputTokens = DecisionEvent.Result.Relayed.NO_TOKENS;

  private TokenUsage(boolean events) {
    this.events = events ? new EventLines() : null;
  }

  /**
   * A reader for an answer.
   *
   * @param contentType the answer's field
   * @param contentEncoding the answer's field
   * @return null when there is nothing in it to be read
   */
  static @Nullable TokenUsage find(@Nullable String contentType, @Nullable String contentEncoding) {
    boolean plain = contentEncoding == null || contentEncoding.equalsIgnoreCase("identity");
    if (contentType == null || !plain) {
      return null;
    }
    int semicolon = contentType.indexOf(';');
    String type =
        (semicolon < 0 ? contentType : contentType.substring(0, semicolon))
            .strip()
            .toLowerCase(Locale.ROOT);
    return switch (type) {
      case "application/json" -> new TokenUsage(false);
      case "text/event-stream" -> new TokenUsage(true);
      default -> null;
    };
  }

  /** What was counted as input; {@link DecisionEvent.Result.Relayed#NO_TOKENS} if nothing was. */
  long inputTokens() {
    return inputTokens;
  }

  /** The same for output. */
  long outputTokens() {
    return outputTokens;
  }

  /** Reads on. */
  void read(byte[] bytes) {
    if (events == null) {
      parse(bytes, 0, bytes.length);
    } else {
      events.read(bytes);
    }
  }

  /**
   * Ends the reading; what was counted stays. Has the parser's buffers used for the next answer.
   */
  void end() {
    try {
      parser.close();
    } catch (IOException e) {
      throw new IllegalStateException("it reads from nowhere", e);
    }
  }

  private void parse(byte[] bytes, int start, int end) {
    if (unreadable || start == end) {
      return;
    }
    try {
      ByteArrayFeeder feeder = parser.getNonBlockingInputFeeder();
      feeder.feedInput(bytes, start, end);
      for (JsonToken token = parser.nextToken();
          token != null && token != JsonToken.NOT_AVAILABLE;
          token = parser.nextToken()) {
        if (token == JsonToken.VALUE_NUMBER_INT) {
          note(parser.getParsingContext());
        }
      }
    } catch (IOException e) {
      unreadable = true;
    }
  }

  private void note(JsonStreamContext place) throws IOException {
    if (!isUsage(place)) {
      return;
    }
    String name = place.getCurrentName();
    if (INPUT.contains(name)) {
      inputTokens = count();
    } else if (OUTPUT.contains(name)) {
      outputTokens = count();
    }
  }

  private long count() throws IOException {
    return Math.max(parser.getLongValue(), DecisionEvent.Result.Relayed.NO_TOKENS);
  }

  private static boolean isUsage(JsonStreamContext place) {
    JsonStreamContext around = place.getParent();
    if (!place.inObject() || around == null || !around.inObject()) {
      return false;
    }
    if (!USAGE.equals(around.getCurrentName())) {
      return false;
    }
    JsonStreamContext envelope = around.getParent();
    return envelope.inRoot()
        || (envelope.inObject()
            && ENVELOPES.contains(String.valueOf(envelope.getCurrentName()))
            && envelope.getParent().inRoot());
  }

  private static NonBlockingJsonParser newParser() {
    try {
      return (NonBlockingJsonParser) JSON.createNonBlockingByteArrayParser();
    } catch (IOException e) {
      throw new IllegalStateException("it reads nothing yet", e);
    }
  }

  /** Takes the data out of server-sent events (HTML, §9.2.6). */
  private final class EventLines {
    private static final byte[] DATA = {'d', 'a', 't', 'a', ':'};

    /** How much of {@link #DATA} the present line has begun with; -1 when it is another line. */
    private int matched;

    private boolean empty = true;
    private boolean afterReturn;

    void read(byte[] bytes) {
      int position = 0;
      while (position < bytes.length) {
        byte next = bytes[position];
        if (next == '\n' && afterReturn) {
          afterReturn = false;
          position++;
        } else if (next == '\n' || next == '\r') {
          afterReturn = next == '\r';
          endLine();
          position++;
        } else if (matched >= 0 && matched < DATA.length) {
          afterReturn = false;
          empty = false;
          matched = next == DATA[matched] ? matched + 1 : -1;
          position++;
        } else {
          afterReturn = false;
          int end = endOfLine(bytes, position);
          if (matched == DATA.length) {
            parse(bytes, position, end);
          }
          position = end;
        }
      }
    }

    private void endLine() {
      if (empty) {
        endEvent();
      } else if (matched == DATA.length) {
        // the data of an event may have several lines
        parse(NEW_LINE, 0, 1);
      }
      matched = 0;
      empty = true;
    }

    private void endEvent() {
      if (unreadable || !parser.getParsingContext().inRoot()) {
        // some data is no JSON, as the [DONE] that ends OpenAI's
        end();
        parser = newParser();
        unreadable = false;
      }
    }

    private int endOfLine(byte[] bytes, int from) {
      int end = from;
      while (end < bytes.length && bytes[end] != '\n' && bytes[end] != '\r') {
        end++;
      }
      return end;
    }
  }
}
