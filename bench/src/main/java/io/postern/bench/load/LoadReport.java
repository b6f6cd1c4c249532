package io.postern.bench.load;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** The results of one fleet as text and as JSON. */
record LoadReport(Fleet fleet, List<Subject> subjects, List<Rounds.Result> results) {
  private static final List<Double> PERCENTILES = List.of(50.0, 90.0, 99.0, 99.9);
  private static final String CEILING = "ceiling";

  /** Tables: servers, then for each scenario the closed and the open loop. */
  String text() {
    StringBuilder text = new StringBuilder("%n%,d agents%n".formatted(fleet.agents()));
    for (Subject subject : subjects) {
      text.append(
          "  %-12s open after %.2f s, peak heap %d MiB, live heap %.0f MiB, peak RSS %.0f MiB%n"
              .formatted(
                  subject.name(),
                  subject.untilOpen().toNanos() / 1e9,
                  subject.server().gcLog().peakHeapMebibytes(),
                  subject.vitals().liveHeapMebibytes(),
                  subject.vitals().peakResidentMebibytes()));
    }
    for (Rounds.Result result : results) {
      text.append("%n%s%n".formatted(result.scenario().label()));
      table(text, "closed loop", result.closed());
      table(text, "open loop, %,.0f/s".formatted(result.openRate()), result.open());
    }
    return text.toString();
  }

  private static void table(
      StringBuilder text, String title, Map<String, List<Window>> windowsByName) {
    text.append(
        "  %-22s %-28s %9s %9s %9s %9s %8s %8s %7s %s%n"
            .formatted(
                title,
                "tokens/s",
                "p50 µs",
                "p90 µs",
                "p99 µs",
                "p99.9 µs",
                "CPU µs",
                "B/token",
                "RSS MiB",
                "GC pauses: count, total ms, max ms"));
    windowsByName.forEach(
        (name, windows) -> {
          text.append("    %-20s ".formatted(name));
          text.append("%-28s".formatted(throughput(windows).format("%,.0f")));
          PERCENTILES.forEach(p -> text.append(" %9.0f".formatted(latency(windows, p).median())));
          text.append(
              " %8.1f %8.0f %7.0f "
                  .formatted(
                      Spread.of(windows, Window::cpuMicros).median(),
                      Spread.of(windows, Window::allocatedBytes).median(),
                      Spread.of(windows, Window::residentMebibytes).median()));
          text.append(
              "%d, %.1f, %.1f%n"
                  .formatted(
                      windows.stream().mapToInt(w -> w.pauses().count()).sum(),
                      windows.stream().mapToDouble(w -> w.pauses().totalMillis()).sum(),
                      Spread.of(windows, w -> w.pauses().maxMillis()).max()));
        });
    String first = windowsByName.keySet().iterator().next();
    for (String name : windowsByName.keySet()) {
      if (!name.equals(CEILING)) {
        ratio(text, windowsByName, name, CEILING);
      }
      if (!name.equals(CEILING) && !name.equals(first)) {
        ratio(text, windowsByName, name, first);
      }
    }
  }

  private static void ratio(
      StringBuilder text,
      Map<String, List<Window>> windowsByName,
      String dividend,
      String divisor) {
    List<Window> windows = windowsByName.getOrDefault(dividend, List.of());
    List<Window> others = windowsByName.getOrDefault(divisor, List.of());
    text.append(
        "    %s / %s: throughput %.3f, by rounds %s; p99 %.2f, by rounds %s%n"
            .formatted(
                dividend,
                divisor,
                throughput(windows).median() / throughput(others).median(),
                Ratio.throughput(windows, others).format("%.3f"),
                latency(windows, 99).median() / latency(others, 99).median(),
                Ratio.latency(windows, others).format("%.2f")));
  }

  /** The quotients of two servers' windows, round by round. */
  private record Ratio(Window dividend, Window divisor) {
    static Spread throughput(List<Window> dividends, List<Window> divisors) {
      return Spread.of(
          of(dividends, divisors),
          r -> r.dividend.load().perSecond() / r.divisor.load().perSecond());
    }

    static Spread latency(List<Window> dividends, List<Window> divisors) {
      return Spread.of(
          of(dividends, divisors), r -> r.dividend.load().micros(99) / r.divisor.load().micros(99));
    }

    private static List<Ratio> of(List<Window> dividends, List<Window> divisors) {
      return IntStream.range(0, dividends.size())
          .mapToObj(i -> new Ratio(dividends.get(i), divisors.get(i)))
          .toList();
    }
  }

  private static Spread throughput(List<Window> windows) {
    return Spread.of(windows, w -> w.load().perSecond());
  }

  private static Spread latency(List<Window> windows, double percentile) {
    return Spread.of(windows, w -> w.load().micros(percentile));
  }

  /** Every window of every server, and what the ratios are made of. */
  ObjectNode json() {
    ObjectNode report = new ObjectMapper().createObjectNode().put("agents", fleet.agents());
    ObjectNode servers = report.putObject("servers");
    for (Subject subject : subjects) {
      servers
          .putObject(subject.name())
          .put("seconds_until_open", subject.untilOpen().toNanos() / 1e9)
          .put("peak_heap_mib", subject.server().gcLog().peakHeapMebibytes())
          .put("live_heap_mib", subject.vitals().liveHeapMebibytes())
          .put("peak_rss_mib", subject.vitals().peakResidentMebibytes());
    }
    ObjectNode scenarios = report.putObject("scenarios");
    for (Rounds.Result result : results) {
      ObjectNode scenario = scenarios.putObject(result.scenario().label());
      windows(scenario.putObject("closed"), result.closed());
      scenario.put("open_rate", result.openRate());
      windows(scenario.putObject("open"), result.open());
    }
    return report;
  }

  private static void windows(ObjectNode node, Map<String, List<Window>> windowsByName) {
    windowsByName.forEach(
        (name, windows) -> {
          for (Window window : windows) {
            ObjectNode round = node.withArray(name).addObject();
            round.put("per_second", window.load().perSecond());
            PERCENTILES.forEach(
                p -> round.put("p" + "%.1f".formatted(p) + "_micros", window.load().micros(p)));
            round.put("cpu_micros", window.cpuMicros());
            round.put("allocated_bytes", window.allocatedBytes());
            round.put("rss_mib", window.residentMebibytes());
            round.put("gc_pauses", window.pauses().count());
            round.put("gc_pause_total_ms", window.pauses().totalMillis());
            round.put("gc_pause_max_ms", window.pauses().maxMillis());
          }
        });
  }
}
