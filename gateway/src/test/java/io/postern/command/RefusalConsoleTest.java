package io.postern.command;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.postern.decision.DecisionEvent;
import io.postern.decision.DecisionMemory;
import io.postern.jose.SignatureAlgorithm;
import io.postern.oauth.Refusal;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What {@code postern dev} prints of refusals. */
class RefusalConsoleTest {
  private final DecisionMemory memory = new DecisionMemory(100, Instant.EPOCH);
  private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
  private final RefusalConsole console =
      new RefusalConsole(memory, new PrintStream(printed, false, UTF_8));

  private void decide(
      String id, DecisionEvent.Result result, @Nullable String clientId, boolean authenticated) {
    memory.decided(
        new DecisionEvent(
            Instant.now(),
            id,
            DecisionEvent.Operation.TOKEN,
            result,
            clientId,
            authenticated,
            null,
            null,
            null,
            null,
            "127.0.0.1",
            0,
            0,
            null));
  }

  private void refuse(String id, @Nullable String clientId, boolean authenticated) {
    decide(id, new DecisionEvent.Result.Refused(Refusal.WRONG_SECRET), clientId, authenticated);
  }

  private List<String> tell() {
    printed.reset();
    console.tell();
    return printed.toString(UTF_8).lines().toList();
  }

  @Test
  void refusal_isALine_andToldOnce() {
    refuse("id-1", "clerk", true);
    refuse("id-2", "guess", false);
    refuse("id-3", null, false);
    decide(
        "id-4",
        new DecisionEvent.Result.Issued("a", "s", SignatureAlgorithm.ES256, "k", "j", 0, 700),
        "clerk",
        true);
    List<String> lines = tell();
    assertThat(lines).hasSize(3);
    assertThat(lines.get(0))
        .matches(
            "\\d\\d:\\d\\d:\\d\\d refused: wrong_secret, clerk, from 127\\.0\\.0\\.1"
                + " \\(postern decisions id-1\\)");
    assertThat(lines.get(1)).contains("claimed client guess", "postern decisions id-2");
    assertThat(lines.get(2)).contains("no client", "postern decisions id-3");
    assertThat(tell()).isEmpty();
    refuse("id-5", "clerk", true);
    assertThat(tell()).singleElement().asString().contains("id-5");
  }

  @Test
  void withoutMemory_saysThatNoneAreShown() {
    try (RefusalConsole off =
        RefusalConsole.start(
            new DecisionMemory(0, Instant.EPOCH), new PrintStream(printed, false, UTF_8))) {
      off.tell();
      assertThat(printed.toString(UTF_8).lines())
          .containsExactly("Refusals are not shown: POSTERN_DECISION_MEMORY is 0.");
    }
  }

  @Test
  void strangersText_staysInItsLine() {
    refuse("id-1", "a\u001b[2J\r\nb\u009b31m\u202ec", false);
    assertThat(tell())
        .singleElement()
        .asString()
        .contains("a\uFFFD[2J\uFFFD\uFFFDb\uFFFD31m\uFFFDc");
  }

  @Test
  void flood_isALineThatCounts_andTheLastOnes() {
    for (int i = 1; i <= 100; i++) {
      refuse("id-" + i + ".", null, false);
    }
    List<String> lines = tell();
    assertThat(lines).hasSize(21);
    assertThat(lines.getFirst()).contains("80 more refusals");
    assertThat(lines.get(1)).contains("id-81.");
    assertThat(lines.getLast()).contains("id-100.");
  }
}
