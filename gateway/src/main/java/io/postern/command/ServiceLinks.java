package io.postern.command;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The variables by which Kubernetes tells a container where Services are, unless its pod has {@code
 * enableServiceLinks: false}. For a Service that is named {@code postern-http} they begin with
 * {@code POSTERN_HTTP_}, as settings do.
 */
final class ServiceLinks {
  private static final String URL = "=(?:tcp|udp|sctp)://\\S+";
  private static final String ADDRESS = "=[0-9A-Fa-f.:]+";
  private static final String PORT = "=\\d+";
  private static final Pattern LINK =
      Pattern.compile(
          "(?<service>POSTERN(?:_[A-Z0-9]+)*?)_(?:"
              + ("SERVICE_HOST" + ADDRESS)
              + ("|SERVICE_PORT(?:_[A-Z0-9_]+)?" + PORT)
              + ("|PORT" + URL)
              + ("|PORT_\\d+_(?:TCP|UDP|SCTP)(?:" + URL + "|_ADDR" + ADDRESS + "|_PORT" + PORT)
              + "|_PROTO=(?:tcp|udp|sctp)))");

  private ServiceLinks() {}

  /** Whether a variable looks like one. */
  static boolean isLink(String variable, String value) {
    return LINK.matcher(variable + "=" + value).matches();
  }

  /**
   * Whether a variable is one and not a setting of the same name, which looks like one: Kubernetes
   * always tells the Service's address too.
   */
  static boolean isCertainlyLink(String variable, String value, Map<String, String> variables) {
    Matcher link = LINK.matcher(variable + "=" + value);
    return link.matches() && variables.containsKey(link.group("service") + "_SERVICE_HOST");
  }
}
