package io.postern.bench.load;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The measured rounds of one scenario: in each, every server is loaded once, in the same order, so
 * that what changes on the machine changes for all.
 */
final class Rounds {
  /**
   * How long and how hard.
   *
   * @param rounds 1 or more
   * @param warmUp of each server for each scenario
   * @param settle before each measured window
   * @param window each measured window
   * @param openConnections connections of the open loop
   */
  record Plan(
      int rounds,
      int connections,
      int openConnections,
      Duration warmUp,
      Duration settle,
      Duration window) {}

  /**
   * What was measured.
   *
   * @param closed the windows of each server, by its name, as fast as they could
   * @param openRate requests a second of the open loop: half of the first gateway's median
   * @param open its windows
   */
  record Result(
      Scenario scenario,
      Map<String, List<Window>> closed,
      double openRate,
      Map<String, List<Window>> open) {}

  private static final int CYCLED_REQUESTS = 200_000;
  private static final double MARGIN = 1.5;
  private static final int FIRST_GUESS_PER_CORE = 20_000;
  private static final Duration STEP = Duration.ofSeconds(1);

  private final LoadGenerator generator;
  private final RequestMaker maker;
  private final List<Subject> subjects;
  private final Plan plan;
  private final Scenario scenario;
  private final Map<Target, List<Request>> cycled = new EnumMap<>(Target.class);
  private double bestRate =
      (double) FIRST_GUESS_PER_CORE * Runtime.getRuntime().availableProcessors();

  Rounds(
      LoadGenerator generator,
      RequestMaker maker,
      List<Subject> subjects,
      Plan plan,
      Scenario scenario) {
    this.generator = generator;
    this.maker = maker;
    this.subjects = subjects;
    this.plan = plan;
    this.scenario = scenario;
  }

  /**
   * Runs them all.
   *
   * @throws LoadException if one request failed or one token is not good
   */
  Result run() {
    for (Subject subject : subjects) {
      warmUp(subject);
    }
    Map<String, List<Window>> closed = rounds(null);
    List<Window> first = closed.values().iterator().next();
    double rate = Spread.of(first, window -> window.load().perSecond()).median() / 2;
    return new Result(scenario, closed, rate, rounds(rate));
  }

  // In steps, as assertions must be prepared and each step tells how many the next may take.
  private void warmUp(Subject subject) {
    Arena.say("%s: warming up %s".formatted(scenario.label(), subject.name()));
    for (long step = 0; step < plan.warmUp().dividedBy(STEP); step++) {
      measure(subject, new LoadGenerator.Plan(plan.connections(), null, Duration.ZERO, STEP));
    }
  }

  private Map<String, List<Window>> rounds(@Nullable Double rate) {
    int connections = rate == null ? plan.connections() : plan.openConnections();
    LoadGenerator.Plan load =
        new LoadGenerator.Plan(connections, rate, plan.settle(), plan.window());
    Map<String, List<Window>> windows = new LinkedHashMap<>();
    for (int round = 1; round <= plan.rounds(); round++) {
      for (Subject subject : subjects) {
        Window window = measure(subject, load);
        Arena.say(
            "%s, %s, round %d, %s: %s"
                .formatted(
                    scenario.label(),
                    rate == null ? "closed" : "open",
                    round,
                    subject.name(),
                    window.load()));
        windows.computeIfAbsent(subject.name(), name -> new ArrayList<>()).add(window);
      }
    }
    return windows;
  }

  private Window measure(Subject subject, LoadGenerator.Plan load) {
    Window window = subject.measure(generator, requests(subject.target(), load), load);
    if (subject.target() == Target.GATEWAY) {
      TokenCheck.verify(window.load().samples(), subject.server().address());
    }
    bestRate = Math.max(bestRate, window.load().perSecond());
    return window;
  }

  private Requests requests(Target target, LoadGenerator.Plan load) {
    if (target == Target.GATEWAY && scenario.isUsedUp()) {
      double rate = load.ratePerSecond() == null ? bestRate : load.ratePerSecond();
      double seconds = load.warmUp().plus(load.window()).toNanos() / 1e9;
      return Requests.once(maker.make(scenario, (int) (MARGIN * rate * seconds), target));
    }
    return Requests.cycled(
        cycled.computeIfAbsent(target, t -> maker.make(scenario, CYCLED_REQUESTS, t)));
  }
}
