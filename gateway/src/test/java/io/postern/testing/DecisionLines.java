package io.postern.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** A decision log in a file, as whoever follows it sees it. */
public record DecisionLines(Path file) {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** The lines so far; each must be printable ASCII. */
  public List<String> all() {
    try {
      String text = Files.readString(file, StandardCharsets.ISO_8859_1);
      assertThat(text).matches("[ -~\n]*");
      return text.lines().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The line of the decision that an answer names in its header, waiting for it. */
  public String lineOf(TokenCall.Answer answer) {
    return lineOf(answer.header("Postern-Decision-Id"));
  }

  /** The line of a decision, waiting for it. */
  public String lineOf(String decisionId) {
    assertThat(decisionId).matches("[A-Za-z0-9_-]{24}");
    eventually(() -> find(decisionId).isPresent());
    return find(decisionId).orElseThrow();
  }

  /** The event of the decision that an answer names in its header, waiting for it. */
  public JsonObject eventOf(TokenCall.Answer answer) {
    return new JsonObject(lineOf(answer));
  }

  private Optional<String> find(String decisionId) {
    return all().stream().filter(line -> line.contains(decisionId)).findFirst();
  }

  /** Waits for a condition. */
  public static void eventually(BooleanSupplier condition) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("within " + PATIENCE).isLessThan(deadline);
      LockSupport.parkNanos(Duration.ofMillis(10).toNanos());
    }
  }
}
