package io.postern.relay;

import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;

/** Which header fields the relay passes on, each way: all but those that are named here. */
final class RelayedFields {
  // RFC 9110 §7.6.1, and what else is between two neighbours
  private static final Set<String> HOP_BY_HOP =
      Set.of(
          "connection",
          "keep-alive",
          "te",
          "trailer",
          "transfer-encoding",
          "upgrade",
          "http2-settings");
  private static final String PROXY = "proxy-";

  // besides the fields where the agent's token may stand
  private static final Set<String> NOT_SENT =
      Set.of("host", "expect", "cookie", "cookie2", "forwarded", "x-real-ip", "via");
  private static final String FORWARDED = "x-forwarded";

  // A session at the target would be shared by all agents of the credential; and what the target
  // says of its own host (RFC 7838) is not so of ours.
  private static final Set<String> NOT_ANSWERED =
      Set.of("set-cookie", "set-cookie2", "alt-svc", "postern-decision-id");

  private RelayedFields() {}

  /** Copies what a target is told of a request. */
  static void copyRequest(MultiMap from, MultiMap to) {
    Set<String> named = namedByConnection(from);
    from.forEach(
        (name, value) -> {
          String small = name.toLowerCase(Locale.ROOT);
          if (isEndToEnd(small, named)
              && !NOT_SENT.contains(small)
              && !small.startsWith(FORWARDED)
              && !AgentToken.FIELDS.contains(small)) {
            to.add(name, value);
          }
        });
  }

  /** Copies what an agent is told of an answer. */
  static void copyResponse(MultiMap from, MultiMap to) {
    Set<String> named = namedByConnection(from);
    from.forEach(
        (name, value) -> {
          String small = name.toLowerCase(Locale.ROOT);
          if (isEndToEnd(small, named) && !NOT_ANSWERED.contains(small)) {
            to.add(name, value);
          }
        });
  }

  private static boolean isEndToEnd(String small, Set<String> named) {
    return !HOP_BY_HOP.contains(small)
        && !small.startsWith(PROXY)
        && !named.contains(small)
        && small.charAt(0) != ':';
  }

  // RFC 9110 §7.6.1: an intermediary MUST remove the fields that Connection names
  private static Set<String> namedByConnection(MultiMap headers) {
    if (!headers.contains(HttpHeaders.CONNECTION)) {
      return Set.of();
    }
    Set<String> named = new HashSet<>();
    for (String line : headers.getAll(HttpHeaders.CONNECTION)) {
      for (String name : line.split(",", -1)) {
        named.add(name.strip().toLowerCase(Locale.ROOT));
      }
    }
    return named;
  }
}
