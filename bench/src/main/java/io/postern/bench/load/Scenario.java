package io.postern.bench.load;

import static io.postern.bench.load.RequestKind.BAD_SECRET;
import static io.postern.bench.load.RequestKind.KEY_ES256;
import static io.postern.bench.load.RequestKind.SCOPES_ES256;
import static io.postern.bench.load.RequestKind.SECRET_ES256;
import static io.postern.bench.load.RequestKind.SECRET_RS256;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;

/** A mix of requests. */
enum Scenario {
  SECRET(Map.of(SECRET_ES256, 100)),
  RSA(Map.of(SECRET_RS256, 100)),
  KEY(Map.of(KEY_ES256, 100)),
  MIXED(Map.of(SECRET_ES256, 60, SCOPES_ES256, 20, KEY_ES256, 15, SECRET_RS256, 5)),
  BAD(Map.of(SECRET_ES256, 90, BAD_SECRET, 10));

  // Map.of cannot be changed
  @SuppressWarnings("ImmutableEnumChecker")
  private final Map<RequestKind, Integer> percent;

  Scenario(Map<RequestKind, Integer> percent) {
    this.percent = percent;
  }

  /** The name on the command line and in reports. */
  String label() {
    return switch (this) {
      case SECRET -> "secret-es256";
      case RSA -> "secret-rs256";
      case KEY -> "key-es256";
      case MIXED -> "mixed";
      case BAD -> "bad-10";
    };
  }

  /** The scenario of that label. */
  static Scenario require(String label) {
    return Arrays.stream(values())
        .filter(scenario -> scenario.label().equals(label.toLowerCase(Locale.ROOT)))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "no scenario %s; there are %s".formatted(label, labels())));
  }

  static List<String> labels() {
    return Arrays.stream(values()).map(Scenario::label).toList();
  }

  /** Whether it has assertions, which are good for one request. */
  boolean isUsedUp() {
    return percent.containsKey(KEY_ES256);
  }

  /** Draws the kind of a request. */
  RequestKind draw(SplittableRandom random) {
    int left = random.nextInt(100);
    // in the order of the kinds, so that each run draws the same
    for (RequestKind kind : RequestKind.values()) {
      left -= percent.getOrDefault(kind, 0);
      if (left < 0) {
        return kind;
      }
    }
    throw new IllegalStateException("the shares of " + label() + " do not add up to 100");
  }
}
