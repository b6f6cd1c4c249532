package io.postern.bench;

import io.postern.change.Change;
import io.postern.change.ChangeSet;
import io.postern.change.Revision;
import io.postern.index.IndexImage;
import io.postern.index.NotBeforeLines;
import io.postern.revocation.LineKind;
import io.postern.revocation.NotBeforeLine;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What does it cost to ask whether a line has ended a token? Lines are of agents, one each; tokens
 * are of agents with a line and without, by turns, and count. With no lines at all, it is the price
 * that every request pays.
 *
 * <p>{@code bench/jmh NotBeforeLinesBenchmark}
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(3)
public class NotBeforeLinesBenchmark {
  private static final int TOKENS = 1024;
  private static final long SECOND = 1_800_000_000L;

  /** Lines in the image. */
  @Param({"0", "1000", "100000"})
  public int lines;

  private NotBeforeLines drawn;
  private List<String> agents;
  private int next;

  @Setup
  public void setUp() {
    List<String> ids = SyntheticFleet.ids(Math.max(lines, 1) + TOKENS);
    List<Change> changes = new ArrayList<>();
    for (String id : ids.subList(0, lines)) {
      changes.add(new Change.LinePut(new NotBeforeLine(LineKind.CLIENT, id, null, SECOND)));
    }
    drawn = IndexImage.EMPTY.with(new ChangeSet(new Revision(1), changes)).lines();
    agents = new ArrayList<>();
    for (int i = 0; i < TOKENS; i++) {
      agents.add(i % 2 == 0 && lines > 0 ? ids.get(i * 7919 % lines) : ids.get(lines + i));
    }
  }

  @Benchmark
  public boolean hasEnded() {
    String agent = agents.get(next++ & (TOKENS - 1));
    return drawn.hasEnded(agent, "https://crm.example.com", "6v3JtQmWmZcEJ0p2yqQyV5sH", SECOND + 1);
  }
}
