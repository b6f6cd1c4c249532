package io.postern.verifier;

import java.net.http.HttpHeaders;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** When a JWK Set is read again: before its {@code max-age} (RFC 9111 §5.2.2.1) is over. */
final class Freshness {
  private static final Pattern MAX_AGE =
      Pattern.compile("(?:^|[\\s,])max-age=\"?(\\d{1,9})", Pattern.CASE_INSENSITIVE);
  private static final long LEAST_SECONDS = 30;
  private static final long MOST_SECONDS = 3_600;
  private static final long UNSAID_SECONDS = 300;

  private Freshness() {}

  /**
   * About four fifths of {@code max-age}, which counts as 30 s to an hour, as 5 min when it is not
   * said, and as 30 s with {@code no-cache}.
   */
  static Duration of(HttpHeaders headers) {
    String control = String.join(",", headers.allValues("Cache-Control"));
    double share = ThreadLocalRandom.current().nextDouble(0.75, 0.85);
    return Duration.ofMillis(Math.round(seconds(control) * 1_000 * share));
  }

  private static long seconds(String control) {
    if (control.contains("no-cache") || control.contains("no-store")) {
      return LEAST_SECONDS;
    }
    Matcher matcher = MAX_AGE.matcher(control);
    return matcher.find()
        ? Math.max(LEAST_SECONDS, Math.min(MOST_SECONDS, Long.parseLong(matcher.group(1))))
        : UNSAID_SECONDS;
  }
}
