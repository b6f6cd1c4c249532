package io.postern.bench.peers;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The result of a run as a Markdown table: medians over the rounds, and of the throughput the least
 * and the most. The ratio is the median of each round's, since rounds lie close together in time
 * and whatever else the machine did then met both.
 */
final class PeersTable {
  private static final String HEAD =
      """
      | peer | version | settings | tokens/s | least to most | p99 ms | CPU µs/token | RSS MB | Postern ÷ it |
      | --- | --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |
      """;

  private final Map<Peer, String> versions;
  private final Map<Peer, List<Round>> rounds;

  /**
   * @param rounds as many for each peer, in the order in which they were measured
   */
  PeersTable(Map<Peer, String> versions, Map<Peer, List<Round>> rounds) {
    this.versions = versions;
    this.rounds = rounds;
  }

  @Override
  public String toString() {
    StringBuilder table = new StringBuilder(HEAD);
    rounds.keySet().forEach(peer -> table.append(row(peer)));
    return table.toString();
  }

  private String row(Peer peer) {
    List<Round> own = rounds.getOrDefault(peer, List.of());
    double[] rates = sorted(own, Round::perSecond);
    return String.format(
        Locale.ROOT,
        "| %s | %s | %s | %,.0f | %,.0f to %,.0f | %.1f | %,.0f | %,.0f | %s |%n",
        peer.id(),
        versions.get(peer),
        peer.settings(),
        median(rates),
        rates[0],
        rates[rates.length - 1],
        median(sorted(own, Round::p99Micros)) / 1e3,
        median(sorted(own, Round::cpuMicros)),
        median(sorted(own, Round::residentBytes)) / 1e6,
        ratio(rounds.get(Peer.POSTERN), own));
  }

  private static String ratio(@Nullable List<Round> postern, List<Round> peer) {
    if (postern == null) {
      return "-";
    }
    double[] ratios =
        IntStream.range(0, peer.size())
            .mapToDouble(i -> postern.get(i).perSecond() / peer.get(i).perSecond())
            .sorted()
            .toArray();
    return String.format(Locale.ROOT, "%,.1f", median(ratios));
  }

  private static double[] sorted(List<Round> rounds, ToDoubleFunction<Round> value) {
    return rounds.stream().mapToDouble(value).sorted().toArray();
  }

  private static double median(double[] sorted) {
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }
}
