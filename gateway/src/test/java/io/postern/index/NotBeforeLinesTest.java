package io.postern.index;

import static io.postern.revocation.NotBeforeLine.ALWAYS;
import static io.postern.revocation.NotBeforeLine.NEVER;
import static org.assertj.core.api.Assertions.assertThat;

import io.postern.revocation.LineKind;
import io.postern.revocation.NotBeforeLine;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class NotBeforeLinesTest {
  private static final String CRM = "https://crm.example.com";
  private static final String ERP = "https://erp.example.com";

  private static NotBeforeLines lines(NotBeforeLine... lines) {
    NotBeforeLines.Builder builder = NotBeforeLines.NONE.edit();
    List.of(lines).forEach(builder::put);
    return builder.build();
  }

  private static NotBeforeLine of(LineKind kind, String id, long second) {
    return new NotBeforeLine(kind, id, null, second);
  }

  @Test
  void none_endsNothing() {
    assertThat(NotBeforeLines.NONE.lastSecond("a", CRM)).isEqualTo(NEVER);
    assertThat(NotBeforeLines.NONE.hasEnded("a", CRM, "j", 0)).isFalse();
  }

  @Test
  void tokenOfTheSameSecond_isEnded_andOfTheNextIsNot() {
    NotBeforeLines lines = lines(of(LineKind.CLIENT, "a", 100));
    assertThat(lines.hasEnded("a", CRM, "j", 99)).isTrue();
    assertThat(lines.hasEnded("a", CRM, "j", 100)).isTrue();
    assertThat(lines.hasEnded("a", CRM, "j", 101)).isFalse();
    assertThat(lines.hasEnded("b", CRM, "j", 99)).isFalse();
  }

  @Test
  void lineOfAnAudience_isOfThatClientThereAlone() {
    NotBeforeLines lines = lines(new NotBeforeLine(LineKind.CLIENT, "a", CRM, 100));
    assertThat(lines.lastSecond("a", CRM)).isEqualTo(100);
    assertThat(lines.lastSecond("a", ERP)).isEqualTo(NEVER);
    assertThat(lines.lastSecond("b", CRM)).isEqualTo(NEVER);
  }

  @Test
  void latestOfAllThatApply_counts() {
    NotBeforeLines lines =
        lines(
            of(LineKind.CLIENT, "a", 100),
            new NotBeforeLine(LineKind.CLIENT, "a", CRM, 90),
            of(LineKind.RESOURCE, ERP, 110));
    assertThat(lines.size()).isEqualTo(3);
    assertThat(lines.lastSecond("a", CRM)).isEqualTo(100);
    assertThat(lines.lastSecond("a", ERP)).isEqualTo(110);
    assertThat(lines.lastSecond("b", ERP)).isEqualTo(110);
  }

  @Test
  void lineOfAToken_isOfItAlone() {
    NotBeforeLines lines = lines(of(LineKind.TOKEN, "j", ALWAYS));
    assertThat(lines.hasEnded("a", CRM, "j", 1_000_000)).isTrue();
    assertThat(lines.hasEnded("a", CRM, "k", 0)).isFalse();
    assertThat(lines.lastSecond("a", CRM)).isEqualTo(NEVER);
  }

  @Test
  void putAgain_replaces_andRemove_takesAway() {
    NotBeforeLine client = of(LineKind.CLIENT, "a", 100);
    NotBeforeLine there = new NotBeforeLine(LineKind.CLIENT, "a", CRM, 200);
    NotBeforeLines.Builder builder = lines(client, there).edit();
    builder.put(of(LineKind.CLIENT, "a", 150));
    NotBeforeLines later = builder.build();
    assertThat(later.size()).isEqualTo(2);
    assertThat(later.lastSecond("a", ERP)).isEqualTo(150);
    builder.remove(there.line());
    assertThat(builder.build().lastSecond("a", CRM)).isEqualTo(150);
    builder.remove(client.line());
    builder.remove("client nobody");
    builder.remove("kind-of-later a");
    List<NotBeforeLine> left = new ArrayList<>();
    builder.build().forEach(left::add);
    assertThat(left).isEmpty();
    assertThat(builder.build().size()).isZero();
    // what was built before stays as it was
    assertThat(later.lastSecond("a", CRM)).isEqualTo(200);
  }
}
