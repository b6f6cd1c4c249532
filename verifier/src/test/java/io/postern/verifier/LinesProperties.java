package io.postern.verifier;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.util.Base64URL;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Whatever comes in whatever pieces adds up to the same. */
class LinesProperties {
  private static final Base64URL SALT = Base64URL.encode(new byte[16]);

  @Provide
  Arbitrary<List<List<Line>>> changes() {
    Arbitrary<Line> line =
        Combinators.combine(
                Arbitraries.of(LineKind.TOKEN, LineKind.KEY),
                Arbitraries.integers().between(0, 900).map(number -> "id-" + number),
                Arbitraries.longs().between(0, 10))
            .as((kind, id, second) -> new Line(new Line.Subject(kind, id, ""), second));
    return line.list().ofMaxSize(600).list().ofMaxSize(6);
  }

  @Property(tries = 100)
  void changesOneAfterTheOther_areTheWhole(@ForAll("changes") List<List<Line>> changes) {
    Lines lines = Lines.of(SALT, List.of());
    Map<Line.Subject, Long> last = new LinkedHashMap<>();
    for (List<Line> change : changes) {
      lines = lines.with(change);
      change.forEach(line -> last.put(line.of(), line.notBefore()));
    }
    assertThat(lines.size()).isEqualTo(last.size());
    for (int number = 0; number <= 900; number++) {
      String id = "id-" + number;
      Long token = last.get(new Line.Subject(LineKind.TOKEN, id, ""));
      Long key = last.get(new Line.Subject(LineKind.KEY, id, ""));
      assertThat(lines.hasEnded(token(id))).isEqualTo(token != null && 5 <= token);
      assertThat(lines.hasEndedKey(id, 5)).isEqualTo(key != null && 5 <= key);
    }
  }

  private static TokenIds token(String jti) {
    return new TokenIds("no-key", List.of(jti), Set.of("c"), List.of("a"), "s", null, null, 5);
  }

  @Provide
  Arbitrary<List<EventStream.Event>> events() {
    return Combinators.combine(
            Arbitraries.of("lines", "change", "message", "x"),
            Arbitraries.strings().ofMinLength(1).ofMaxLength(40).excludeChars('\r', '\n'))
        .as(EventStream.Event::new)
        .list()
        .ofMaxSize(8);
  }

  @Property(tries = 300)
  void events_inWhateverPieces_areTheSame(
      @ForAll("events") List<EventStream.Event> events,
      @ForAll List<Integer> cuts,
      @ForAll boolean carriageReturns)
      throws Exception {
    StringBuilder text = new StringBuilder(":\n\n");
    for (EventStream.Event event : events) {
      if (!event.name().equals("message")) {
        text.append("event: ").append(event.name()).append('\n');
      }
      text.append("data: ").append(event.data()).append("\n:beat\n\n");
    }
    String raw = carriageReturns ? text.toString().replace("\n", "\r\n") : text.toString();
    byte[] bytes = raw.getBytes(StandardCharsets.UTF_8);
    List<EventStream.Event> read = new ArrayList<>();
    EventStream stream = new EventStream(1_000);
    int from = 0;
    for (int cut : cuts) {
      int length = Math.min(bytes.length - from, Math.floorMod(cut, 17));
      stream.feed(ByteBuffer.wrap(bytes, from, length), read::add);
      from += length;
    }
    stream.feed(ByteBuffer.wrap(bytes, from, bytes.length - from), read::add);
    assertThat(read).isEqualTo(sent(events));
  }

  @Example
  void event_unfinished_isNotWhole() throws Exception {
    EventStream stream = new EventStream(1_000);
    assertThat(isWhole(stream, ":\n\n")).isTrue();
    for (String part : List.of("event", ": change\n", ":beat\n", "data: x", "\n")) {
      assertThat(isWhole(stream, part)).as(part).isFalse();
    }
    assertThat(isWhole(stream, "\n")).isTrue();
    assertThat(isWhole(stream, "data: x\n\ndata")).isTrue();
  }

  private static boolean isWhole(EventStream stream, String text) throws Exception {
    return stream.feed(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)), event -> {});
  }

  // half a surrogate pair does not survive UTF-8
  private static List<EventStream.Event> sent(List<EventStream.Event> events) {
    return events.stream()
        .map(
            event ->
                new EventStream.Event(
                    event.name(),
                    new String(
                        event.data().getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8)))
        .toList();
  }
}
