package io.postern.decision;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.postern.oauth.Refusal;
import io.postern.testing.CapturedLog;
import io.postern.testing.ChangedSettings;
import io.postern.testing.DecisionLines;
import io.postern.testing.Samples;
import io.postern.testing.TestGateway;
import io.postern.testing.TokenCall;
import java.io.BufferedReader;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How events are written, and what happens when they cannot be. */
class DecisionLogTest {
  private static final String DROPPED = "postern_decision_events_lost_total{cause=\"full\"}";
  private static final String FAILED = "postern_decision_events_lost_total{cause=\"failed\"}";
  private static final String WRITTEN = "postern_decision_events_written_total";

  @TempDir private Path directory;

  private static TestGateway start(Path file, int capacity) {
    return TestGateway.start(
        ChangedSettings.decisions(
            new DecisionSettings(false, new DecisionSettings.Destination.File(file), capacity, 0)));
  }

  private static TokenCall.Answer refuse(TestGateway gateway) {
    TokenCall.Answer answer =
        TokenCall.to(gateway)
            .basic("nobody", "x")
            .clientCredentials()
            .param("scope", "s".repeat(2_000))
            .send();
    assertThat(answer.status()).isIn(401, 429);
    return answer;
  }

  @Test
  void file_thatIsMovedAway_isBegunAnew() throws Exception {
    Path file = directory.resolve("decisions.log");
    Path moved = directory.resolve("decisions.log.1");
    List<String> last;
    String afterRename;
    String afterRemoval;
    try (TestGateway gateway = start(file, 65_536)) {
      String before = new DecisionLines(file).lineOf(refuse(gateway));
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
          .startsWith("rw-")
          .endsWith("---");
      Files.move(file, moved);
      afterRename = refuse(gateway).header("Postern-Decision-Id");
      DecisionLines.eventually(() -> Files.exists(file));
      new DecisionLines(file).lineOf(afterRename);
      assertThat(new DecisionLines(moved).all()).containsExactly(before);
      Files.delete(file);
      afterRemoval = refuse(gateway).header("Postern-Decision-Id");
      DecisionLines.eventually(() -> Files.exists(file));
      new DecisionLines(file).lineOf(afterRemoval);
      last =
          IntStream.range(0, 20)
              .mapToObj(i -> refuse(gateway).header("Postern-Decision-Id"))
              .toList();
    }
    String all = String.join("\n", new DecisionLines(file).all());
    assertThat(all).contains(afterRemoval).contains(last).doesNotContain(afterRename);
  }

  @Test
  void writer_thatStalls_losesEventsAndCountsThem_whileRequestsAreAnswered() throws Exception {
    Path pipe = directory.resolve("pipe");
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
    List<String> read = new ArrayList<>();
    AtomicInteger sent = new AtomicInteger();
    // open for both, so that neither side waits for the other
    try (RandomAccessFile end = new RandomAccessFile(pipe.toFile(), "rw");
        TestGateway gateway = start(pipe, 16)) {
      DecisionLines.eventually(
          () -> {
            refuse(gateway);
            sent.incrementAndGet();
            return Samples.of(gateway).get(DROPPED) >= 5;
          });

      BufferedReader lines = reader(end);
      DecisionLines.eventually(
          () -> {
            readAvailable(lines, read);
            return read.size() + Samples.of(gateway).get(DROPPED) == sent.get();
          });
      DecisionLines.eventually(() -> Samples.of(gateway).get(WRITTEN) == read.size());
      assertThat(Samples.of(gateway)).containsEntry(FAILED, 0.0);
      // and goes on
      String id = refuse(gateway).header("Postern-Decision-Id");
      assertThat(lines.readLine()).contains(id);
    }
    assertThat(read).allMatch(line -> line.startsWith("{") && line.endsWith("}"));
  }

  private static BufferedReader reader(RandomAccessFile pipe) {
    try {
      return new BufferedReader(
          new InputStreamReader(new FileInputStream(pipe.getFD()), StandardCharsets.US_ASCII));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void readAvailable(BufferedReader lines, List<String> into) {
    try {
      while (lines.ready()) {
        into.add(lines.readLine());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void close_writesWhatWaits() throws Exception {
    Path pipe = directory.resolve("pipe");
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
    int count = 2_000;
    MeterRegistry meters = new SimpleMeterRegistry();
    try (RandomAccessFile end = new RandomAccessFile(pipe.toFile(), "rw")) {
      DecisionLog log =
          DecisionLog.start(
              new DecisionSettings(false, new DecisionSettings.Destination.File(pipe), 4_096, 0),
              meters);
      for (int i = 0; i < count; i++) {
        log.decided(event("id-" + i));
      }
      CompletableFuture<List<String>> read =
          CompletableFuture.supplyAsync(() -> reader(end).lines().limit(count).toList());

      log.close();

      assertThat(meters.get("postern.decision.events.written").functionCounter().count())
          .isEqualTo(count);
      List<String> lines = read.get(10, TimeUnit.SECONDS);
      for (int i = 0; i < count; i++) {
        assertThat(lines.get(i)).contains("\"decision_id\":\"id-" + i + "\"");
      }
    }
  }

  private static DecisionEvent event(String decisionId) {
    return new DecisionEvent(
        Instant.EPOCH,
        decisionId,
        DecisionEvent.Operation.TOKEN,
        new DecisionEvent.Result.Refused(Refusal.NO_CREDENTIALS),
        null,
        false,
        null,
        null,
        null,
        null,
        "127.0.0.1",
        0,
        0,
        null);
  }

  @Test
  void fullDisk_isToldOnce_andEventsAreCounted() {
    try (CapturedLog captured = CapturedLog.of("io.postern.decision", Level.INFO);
        TestGateway gateway = start(Path.of("/dev/full"), 65_536)) {
      for (int i = 1; i <= 3; i++) {
        refuse(gateway);
        double lost = i;
        DecisionLines.eventually(() -> Samples.of(gateway).get(FAILED) == lost);
      }

      assertThat(captured.lines())
          .singleElement()
          .asString()
          .contains("ERROR", "/dev/full", "No space left on device");
      assertThat(Samples.of(gateway)).containsEntry(WRITTEN, 0.0).containsEntry(DROPPED, 0.0);
    }
  }
}
