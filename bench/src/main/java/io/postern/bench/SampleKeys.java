package io.postern.bench;

import java.util.Random;
import java.util.stream.IntStream;

/**
 * Client identifiers to look up, in the order in which they come: 262,144 strings that are not
 * those of the index, as those of requests are not, but with their hashes computed.
 */
public final class SampleKeys {
  /** How often which agent comes. */
  public enum Distribution {
    /** All agents alike. */
    UNIFORM,
    /** The agent of rank k comes in proportion to 1/k. */
    ZIPF
  }

  private static final int DRAWS = 1 << 18;
  // neighbours in rank are none in the index
  private static final long STRIDE = 7919;

  private final String[] drawn;
  private int next;

  SampleKeys(int agents, Distribution distribution) {
    Random random = new Random(1);
    drawn =
        IntStream.range(0, DRAWS)
            .map(i -> draw(agents, distribution, random.nextDouble()))
            .mapToObj(SampleRegistry::clientId)
            .toArray(String[]::new);
  }

  String next() {
    return drawn[next++ & (DRAWS - 1)];
  }

  private static int draw(int agents, Distribution distribution, double evenly) {
    return switch (distribution) {
      case UNIFORM -> (int) (evenly * agents);
      case ZIPF -> {
        // the inverse of ln(rank) / ln(agents + 1), which the harmonic sums are close to
        long rank = (long) Math.exp(evenly * Math.log(agents + 1.0));
        yield (int) (rank * STRIDE % agents);
      }
    };
  }
}
