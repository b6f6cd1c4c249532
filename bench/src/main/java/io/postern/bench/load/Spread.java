package io.postern.bench.load;

import java.util.Collection;
import java.util.function.ToDoubleFunction;

/** The median of several rounds with the lowest and the highest. */
record Spread(double median, double min, double max) {

  /** Of one value for each round. */
  static <T> Spread of(Collection<T> rounds, ToDoubleFunction<T> value) {
    double[] sorted = rounds.stream().mapToDouble(value).sorted().toArray();
    if (sorted.length == 0) {
      throw new IllegalArgumentException("there must be a round");
    }
    int middle = sorted.length / 2;
    double median =
        sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    return new Spread(median, sorted[0], sorted[sorted.length - 1]);
  }

  /** As text, each number in that format. */
  String format(String number) {
    return (number + " (" + number + ".." + number + ")").formatted(median, min, max);
  }
}
