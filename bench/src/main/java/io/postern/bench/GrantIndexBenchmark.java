package io.postern.bench;

import io.postern.change.Change;
import io.postern.change.ChangeSet;
import io.postern.change.Revision;
import io.postern.client.RegisteredClient;
import io.postern.index.IndexImage;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
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
import org.openjdk.jmh.annotations.Warmup;

/**
 * How does the index bear a growing fleet: a look-up, a change, the making of an image?
 *
 * <p>Agents have a secret, a key and four grants of eight scopes on 1,000 services. Look-ups are
 * drawn evenly or by Zipf's law, see {@link SampleKeys}. A change takes a grant from one of 1,024
 * agents, always on the same image. Images are made from nothing, in pages of agents that have been
 * read. The floor is a {@link HashMap} of the same agents, changed in place; for a change, naive is
 * a new map.
 *
 * <p>{@code bench/jmh GrantIndexBenchmark}; 10,000,000 agents need 16 GB of memory
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 3, jvmArgsAppend = "-XX:MaxRAMPercentage=75")
public class GrantIndexBenchmark {
  private static final int CHANGES = 1024;

  /** Agents in the registry. */
  @Param({"1000", "10000", "100000", "1000000", "10000000"})
  public int agents;

  private SampleFleet fleet;
  private List<RegisteredClient> changed;
  private int next;

  @Setup
  public void setUp() {
    fleet = new SampleFleet(agents);
    changed = fleet.changed(CHANGES);
  }

  /** The image of all agents. */
  @State(Scope.Benchmark)
  public static class Image {
    private IndexImage image;

    @Setup
    public void setUp(GrantIndexBenchmark benchmark) {
      image = benchmark.fleet.newImage();
    }
  }

  /** A map of all agents. */
  @State(Scope.Benchmark)
  public static class Floor {
    private Map<String, RegisteredClient> map;

    @Setup
    public void setUp(GrantIndexBenchmark benchmark) {
      map = benchmark.fleet.newMap();
    }
  }

  /** What is looked up. */
  @State(Scope.Thread)
  public static class Keys {
    /** How often which agent comes. */
    @Param({"UNIFORM", "ZIPF"})
    public SampleKeys.Distribution keys = SampleKeys.Distribution.UNIFORM;

    private SampleKeys drawn;

    @Setup
    public void setUp(GrantIndexBenchmark benchmark) {
      drawn = new SampleKeys(benchmark.agents, keys);
    }
  }

  @Benchmark
  public @Nullable RegisteredClient find_client(Image image, Keys keys) {
    return image.image.findClient(keys.drawn.next());
  }

  @Benchmark
  public @Nullable RegisteredClient floor_client(Floor floor, Keys keys) {
    return floor.map.get(keys.drawn.next());
  }

  @Benchmark
  public IndexImage apply_change(Image image) {
    return image.image.with(
        new ChangeSet(new Revision(2), List.of(new Change.ClientPut(nextChanged()))));
  }

  @Benchmark
  public @Nullable RegisteredClient floor_change(Floor floor) {
    RegisteredClient client = nextChanged();
    return floor.map.put(client.clientId(), client);
  }

  @Benchmark
  public Map<String, RegisteredClient> naive_change(Floor floor) {
    Map<String, RegisteredClient> copy = new HashMap<>(floor.map);
    RegisteredClient client = nextChanged();
    copy.put(client.clientId(), client);
    return copy;
  }

  @Benchmark
  @BenchmarkMode(Mode.SingleShotTime)
  @OutputTimeUnit(TimeUnit.MILLISECONDS)
  public IndexImage load_image() {
    return fleet.newImage();
  }

  @Benchmark
  @BenchmarkMode(Mode.SingleShotTime)
  @OutputTimeUnit(TimeUnit.MILLISECONDS)
  public Map<String, RegisteredClient> floor_image() {
    return fleet.newMap();
  }

  private RegisteredClient nextChanged() {
    return changed.get(next++ & (CHANGES - 1));
  }
}
