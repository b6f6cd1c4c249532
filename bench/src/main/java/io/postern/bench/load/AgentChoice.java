package io.postern.bench.load;

import java.util.Arrays;
import java.util.SplittableRandom;

/** How the agents that ask are drawn: each alike, or few of them most of the time. */
@FunctionalInterface
interface AgentChoice {
  /** The number of an agent. */
  int draw(SplittableRandom random);

  /** Each alike. */
  static AgentChoice uniform(int agents) {
    return random -> random.nextInt(agents);
  }

  /** By Zipf's law with exponent 1: agent n asks 1/(n+1) times as often as agent 0. */
  static AgentChoice zipf(int agents) {
    double[] upTo = new double[agents];
    double sum = 0;
    for (int i = 0; i < agents; i++) {
      sum += 1.0 / (i + 1);
      upTo[i] = sum;
    }
    double total = sum;
    return random -> {
      int found = Arrays.binarySearch(upTo, random.nextDouble() * total);
      return Math.min(found < 0 ? -1 - found : found, agents - 1);
    };
  }
}
