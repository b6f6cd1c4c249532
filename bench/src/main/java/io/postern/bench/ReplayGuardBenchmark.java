package io.postern.bench;

import io.postern.client.AssertionUse;
import io.postern.client.InMemoryReplayGuard;
import io.postern.client.ReplayGuard.Verdict;
import io.postern.crypto.CryptoProvider;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
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
import org.openjdk.jmh.infra.ThreadParams;

/**
 * What does it cost to use an assertion up?
 *
 * <p>A steady state: time passes with each use, so that as many assertions are forgotten as are
 * used. Two threads share a guard, each with its own clients. A replay presents one of the last 256
 * again. The floor is the bare SHA-256 of client and {@code jti}, and its bare adding to a
 * concurrent set from which the oldest is removed.
 *
 * <p>{@code bench/jmh ReplayGuardBenchmark}
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(3)
public class ReplayGuardBenchmark {
  private static final int REPLAYED = 256;

  /** Assertions that are remembered, of all threads. */
  @Param({"1000", "1000000"})
  public int remembered;

  private final CryptoProvider crypto = CryptoProvider.best();
  private final AtomicInteger threads = new AtomicInteger();
  private final Set<ByteBuffer> bare = ConcurrentHashMap.newKeySet();
  private InMemoryReplayGuard guard;

  @Setup
  public void setUp() {
    // assertions are forgotten up to two buckets late
    guard = new InMemoryReplayGuard(crypto, 2 * remembered);
  }

  private SampleUses newUses(ThreadParams params) {
    return new SampleUses(threads.getAndIncrement(), remembered / params.getThreadCount());
  }

  /** A thread that presents assertions to the guard. */
  @State(Scope.Thread)
  public static class Presenter {
    private InMemoryReplayGuard guard;
    private SampleUses uses;
    private int replay;
    private @Nullable Verdict verdict;

    @Setup
    public void setUp(ReplayGuardBenchmark benchmark, ThreadParams params) {
      guard = benchmark.guard;
      uses = benchmark.newUses(params);
      for (int i = benchmark.remembered / params.getThreadCount(); i > 0; i--) {
        if (useFirst() != Verdict.FIRST_USE) {
          throw new IllegalStateException("not a first use: " + verdict);
        }
      }
      if (useAgain() != Verdict.REPLAYED) {
        throw new IllegalStateException("not a replay: " + verdict);
      }
    }

    @Nullable Verdict useFirst() {
      uses.advance();
      return use(0);
    }

    @Nullable Verdict useAgain() {
      return use(replay++ & (REPLAYED - 1));
    }

    private @Nullable Verdict use(int before) {
      AssertionUse use =
          new AssertionUse(uses.clientId(before), uses.jti(before), uses.end(), uses.now());
      guard.use(use, uses.now(), v -> verdict = v);
      return verdict;
    }
  }

  /** A thread that hashes, and adds to a set. */
  @State(Scope.Thread)
  public static class BarePresenter {
    private MessageDigest digest;
    private Set<ByteBuffer> used;
    private SampleUses uses;
    private ByteBuffer[] inOrder;
    private int next;
    private int replay;

    @Setup
    public void setUp(ReplayGuardBenchmark benchmark, ThreadParams params) {
      digest = benchmark.crypto.digest("SHA-256");
      used = benchmark.bare;
      uses = benchmark.newUses(params);
      inOrder = new ByteBuffer[benchmark.remembered / params.getThreadCount()];
      for (int i = 0; i < inOrder.length; i++) {
        add();
      }
    }

    boolean add() {
      uses.advance();
      ByteBuffer hash = hash(0);
      ByteBuffer oldest = inOrder[next];
      if (oldest != null) {
        used.remove(oldest);
      }
      inOrder[next] = hash;
      next = next + 1 == inOrder.length ? 0 : next + 1;
      return used.add(hash);
    }

    boolean contains() {
      return used.contains(hash(replay++ & (REPLAYED - 1)));
    }

    ByteBuffer hash(int before) {
      digest.update(uses.clientId(before).getBytes(StandardCharsets.US_ASCII));
      digest.update(uses.jti(before).getBytes(StandardCharsets.US_ASCII));
      return ByteBuffer.wrap(digest.digest());
    }
  }

  @Benchmark
  public @Nullable Verdict use_first(Presenter presenter) {
    return presenter.useFirst();
  }

  @Benchmark
  public boolean floor_first(BarePresenter presenter) {
    return presenter.add();
  }

  @Benchmark
  @Threads(2)
  public @Nullable Verdict use_firstInTwoThreads(Presenter presenter) {
    return presenter.useFirst();
  }

  @Benchmark
  @Threads(2)
  public boolean floor_firstInTwoThreads(BarePresenter presenter) {
    return presenter.add();
  }

  @Benchmark
  public @Nullable Verdict use_replayed(Presenter presenter) {
    return presenter.useAgain();
  }

  @Benchmark
  public boolean floor_replayed(BarePresenter presenter) {
    return presenter.contains();
  }

  @Benchmark
  public ByteBuffer hash(BarePresenter presenter) {
    return presenter.hash(0);
  }
}
