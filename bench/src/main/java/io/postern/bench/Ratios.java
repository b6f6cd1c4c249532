package io.postern.bench;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;

/**
 * The results of a run, each beside its floor: of the same class, {@code floor_x} for a benchmark
 * {@code anything_x}, otherwise {@code floor}, with the same parameters as far as it has them.
 */
final class Ratios {
  private static final String FLOOR = "floor";
  private static final String ALLOCATION = "gc.alloc.rate.norm";

  /** A mean, and half the width of its 99.9 % confidence interval; NaN for one sample. */
  private record Measured(double mean, double error) {
    static Measured of(Result<?> result) {
      return new Measured(result.getScore(), result.getScoreError());
    }

    // the errors of two independent means, of the first order
    Measured over(Measured floor) {
      double ratio = mean / floor.mean;
      return new Measured(ratio, ratio * Math.hypot(error / mean, floor.error / floor.mean));
    }

    @Override
    public String toString() {
      return "%s ± %s".formatted(shortened(mean), shortened(error));
    }

    private static String shortened(double value) {
      return Double.isNaN(value) ? "?" : (value < 100 ? "%.2f" : "%,.0f").formatted(value);
    }
  }

  private final List<RunResult> results;

  private Ratios(List<RunResult> results) {
    this.results = results;
  }

  static Ratios of(Collection<RunResult> results) {
    List<RunResult> sorted = new ArrayList<>(results);
    sorted.sort(
        Comparator.comparing((RunResult result) -> className(result.getParams()))
            .thenComparing(result -> parameters(result.getParams()))
            .thenComparing(result -> subject(result.getParams()))
            .thenComparing(result -> methodName(result.getParams())));
    return new Ratios(sorted);
  }

  /** A table in Markdown. */
  String toMarkdown() {
    StringBuilder table = new StringBuilder("\n");
    table.append("| benchmark | parameters | time | ÷ floor | B/op | ÷ floor |\n");
    table.append("| --- | --- | ---: | ---: | ---: | ---: |\n");
    results.forEach(result -> table.append(row(result)));
    return table.toString();
  }

  private String row(RunResult result) {
    RunResult floor = findFloor(result.getParams());
    Measured time = Measured.of(result.getPrimaryResult());
    Measured bytes = allocation(result);
    Measured floorBytes = floor == null ? null : allocation(floor);
    return "| %s.%s | %s | %s %s | %s | %s | %s |%n"
        .formatted(
            className(result.getParams()),
            methodName(result.getParams()),
            parameters(result.getParams()),
            time,
            result.getPrimaryResult().getScoreUnit(),
            floor == null ? "" : time.over(Measured.of(floor.getPrimaryResult())),
            bytes == null ? "" : bytes,
            // below a byte the profiler sees itself
            bytes == null || floorBytes == null || floorBytes.mean < 1
                ? ""
                : bytes.over(floorBytes));
  }

  private @Nullable RunResult findFloor(BenchmarkParams benchmark) {
    if (methodName(benchmark).startsWith(FLOOR)) {
      return null;
    }
    RunResult common = null;
    for (RunResult result : results) {
      BenchmarkParams floor = result.getParams();
      if (className(floor).equals(className(benchmark)) && isFor(floor, benchmark)) {
        if (methodName(floor).equals(FLOOR + "_" + subject(benchmark))) {
          return result;
        }
        if (methodName(floor).equals(FLOOR)) {
          common = result;
        }
      }
    }
    return common;
  }

  private static boolean isFor(BenchmarkParams floor, BenchmarkParams benchmark) {
    return floor.getParamsKeys().stream()
        .allMatch(key -> floor.getParam(key).equals(benchmark.getParam(key)));
  }

  private static @Nullable Measured allocation(RunResult result) {
    Result<?> allocation = result.getSecondaryResults().get(ALLOCATION);
    return allocation == null ? null : Measured.of(allocation);
  }

  private static String className(BenchmarkParams params) {
    String qualified = params.getBenchmark().substring(0, params.getBenchmark().lastIndexOf('.'));
    return qualified.substring(qualified.lastIndexOf('.') + 1);
  }

  private static String methodName(BenchmarkParams params) {
    return params.getBenchmark().substring(params.getBenchmark().lastIndexOf('.') + 1);
  }

  /** What the benchmark has in common with its floor: the part after the underscore. */
  private static String subject(BenchmarkParams params) {
    String method = methodName(params);
    return method.substring(method.indexOf('_') + 1);
  }

  private static String parameters(BenchmarkParams params) {
    return params.getParamsKeys().stream()
        .map(key -> key + "=" + params.getParam(key))
        .collect(Collectors.joining(" "));
  }
}
