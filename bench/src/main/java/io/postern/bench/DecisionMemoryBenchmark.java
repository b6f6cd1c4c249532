package io.postern.bench;

import io.postern.crypto.RandomIds;
import io.postern.decision.DecisionEvent;
import io.postern.decision.DecisionMemory;
import io.postern.jose.SignatureAlgorithm;
import io.postern.oauth.AuthenticationMethod;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
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
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What does it cost to keep a decision in memory?
 *
 * <p>Two threads, as two event loops, keep the events of tokens. The floor makes the same event,
 * which metrics and the decision log need too, and keeps it nowhere. What the collector has to do
 * for the kept ones is in the time, as far as it falls into a run.
 *
 * <p>{@code bench/jmh DecisionMemoryBenchmark}
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(3)
@Threads(2)
public class DecisionMemoryBenchmark {
  /** Decisions that are kept of each kind. */
  @Param({"500", "100000"})
  public int kept;

  private DecisionMemory memory;

  @Setup
  public void setUp() {
    memory = new DecisionMemory(kept, Instant.EPOCH);
  }

  /** An event loop. */
  @State(Scope.Thread)
  public static class Loop {
    // made before: to draw them would take ten times as long as all else
    private final String[] ids =
        Stream.generate(new RandomIds(new SecureRandom())::next).limit(1024).toArray(String[]::new);
    private int next;
    private final DecisionEvent.Result token =
        new DecisionEvent.Result.Issued(
            "https://billing.example.com",
            "invoices:read",
            SignatureAlgorithm.ES256,
            "kid-1",
            "jti-1",
            2_000_000_000,
            700);

    DecisionEvent event() {
      return new DecisionEvent(
          Instant.EPOCH,
          ids[next++ & (ids.length - 1)],
          DecisionEvent.Operation.TOKEN,
          token,
          "agt_Zo1q6nDWDJ9iYSq2u7kSSw",
          true,
          AuthenticationMethod.CLIENT_SECRET_BASIC,
          "https://billing.example.com",
          "invoices:read",
          null,
          "203.0.113.7",
          27_000,
          42,
          null);
    }
  }

  @Benchmark
  public DecisionEvent keep_token(Loop loop) {
    DecisionEvent event = loop.event();
    memory.decided(event);
    return event;
  }

  @Benchmark
  public DecisionEvent floor_token(Loop loop) {
    return loop.event();
  }
}
