package io.postern.bench.relay;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** Compares servers with their floors, in alternating rounds, and prints a table row for each. */
final class Pairs {
  private static final int ROUNDS = 5;
  private static final int WARM_UPS = 3;

  private final Lanes lanes;
  private final double seconds;

  /**
   * @param seconds of each window
   */
  Pairs(Lanes lanes, double seconds) {
    this.lanes = lanes;
    this.seconds = seconds;
  }

  /** Prints the table's head. */
  void begin() {
    System.out.println("| what | /s | its floor | ÷ floor | p99 ÷ floor |");
    System.out.println("| --- | ---: | ---: | ---: | ---: |");
  }

  /** Measures a pair. */
  void compare(String what, Lanes.Ask ours, Lanes.Ask floor) throws InterruptedException {
    for (int i = 0; i < WARM_UPS; i++) {
      lanes.run(ours, seconds);
      lanes.run(floor, seconds);
    }
    List<Lanes.Window> ourWindows = new ArrayList<>();
    List<Lanes.Window> floorWindows = new ArrayList<>();
    for (int round = 0; round < ROUNDS; round++) {
      ourWindows.add(lanes.run(ours, seconds));
      floorWindows.add(lanes.run(floor, seconds));
    }
    System.out.printf(
        "| %s | %,.0f | %,.0f | %s | %s |%n",
        what,
        sorted(ourWindows, Lanes.Window::perSecond)[ROUNDS / 2],
        sorted(floorWindows, Lanes.Window::perSecond)[ROUNDS / 2],
        ratio(ourWindows, floorWindows, Lanes.Window::perSecond),
        ratio(ourWindows, floorWindows, Lanes.Window::p99Micros));
  }

  private static double[] sorted(List<Lanes.Window> windows, ToDoubleFunction<Lanes.Window> value) {
    return windows.stream().mapToDouble(value).sorted().toArray();
  }

  // round by round: the median, the least and the greatest
  private static String ratio(
      List<Lanes.Window> ours, List<Lanes.Window> floor, ToDoubleFunction<Lanes.Window> value) {
    double[] ratios = new double[ROUNDS];
    Arrays.setAll(
        ratios, i -> value.applyAsDouble(ours.get(i)) / value.applyAsDouble(floor.get(i)));
    Arrays.sort(ratios);
    return "%.2f (%.2f to %.2f)".formatted(ratios[ROUNDS / 2], ratios[0], ratios[ROUNDS - 1]);
  }
}
