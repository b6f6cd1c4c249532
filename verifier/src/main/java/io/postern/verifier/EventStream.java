package io.postern.verifier;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/**
 * Reads server-sent events (HTML Living Standard §9.2.6): names and data; ids and the server's
 * wishes about reconnecting are passed over. Not thread-safe.
 */
final class EventStream {
  /**
   * An event.
   *
   * @param name {@code message} unless it was said
   */
  record Event(String name, String data) {}

  private final int maxBytes;
  private final ByteArrayOutputStream line = new ByteArrayOutputStream();
  private StringBuilder data = new StringBuilder();
  private String name = "";
  private boolean afterReturn;

  /**
   * @param maxBytes how long an event may be
   */
  EventStream(int maxBytes) {
    this.maxBytes = maxBytes;
  }

  /**
   * Takes what came, and hands over the events that are complete with it.
   *
   * @return whether at some point of it no event was unfinished
   * @throws IOException when an event is too long
   */
  boolean feed(ByteBuffer bytes, Consumer<Event> events) throws IOException {
    boolean whole = false;
    while (bytes.hasRemaining()) {
      byte next = bytes.get();
      if (next == '\n' && afterReturn) {
        afterReturn = false;
      } else if (next == '\n' || next == '\r') {
        afterReturn = next == '\r';
        end(events);
        whole |= data.length() == 0 && name.isEmpty();
      } else {
        afterReturn = false;
        if (line.size() + data.length() >= maxBytes) {
          throw new IOException("an event is over " + maxBytes + " bytes");
        }
        line.write(next);
      }
    }
    return whole;
  }

  private void end(Consumer<Event> events) {
    String text = line.toString(StandardCharsets.UTF_8);
    line.reset();
    if (text.isEmpty()) {
      dispatch(events);
      return;
    }
    int colon = text.indexOf(':');
    String field = colon < 0 ? text : text.substring(0, colon);
    int from = colon < 0 ? text.length() : colon + (text.startsWith(" ", colon + 1) ? 2 : 1);
    if (field.equals("data")) {
      data.append(text, from, text.length()).append('\n');
    } else if (field.equals("event")) {
      name = text.substring(from);
    }
    // a line that begins with a colon is a comment, a field without a name
  }

  private void dispatch(Consumer<Event> events) {
    if (data.length() > 0) {
      data.setLength(data.length() - 1);
      String whole = data.toString();
      data = new StringBuilder();
      events.accept(new Event(name.isEmpty() ? "message" : name, whole));
    }
    name = "";
  }
}
