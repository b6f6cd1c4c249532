package io.postern.admin;

import io.vertx.core.MultiMap;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The query parameters of a request. */
final class Query {
  /** How long to wait at most: an ISO 8601 duration. */
  static final String TIMEOUT = "timeout";

  private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(2);
  private static final Duration MAX_TIMEOUT = Duration.ofSeconds(30);

  private final MultiMap parameters;

  /**
   * @param allowed the names that mean something here
   * @throws ProblemException for unknown and for repeated names, so that a typo in a filter does
   *     not list everything
   */
  Query(MultiMap parameters, Set<String> allowed) {
    this.parameters = parameters;
    List<Fault> faults = new ArrayList<>();
    for (String name : parameters.names()) {
      if (!allowed.contains(name)) {
        faults.add(Fault.inParameter(name, "is unknown here"));
      } else if (parameters.getAll(name).size() > 1) {
        faults.add(Fault.inParameter(name, "stands there twice"));
      } else if (parameters.getAll(name).getFirst().indexOf('\0') >= 0) {
        faults.add(Fault.inParameter(name, "holds a control character"));
      }
    }
    if (!faults.isEmpty()) {
      throw Problem.invalidQuery(faults).exception();
    }
  }

  @Nullable String find(String name) {
    return parameters.get(name);
  }

  @Nullable String find(String name, TextRule rule) {
    String value = find(name);
    if (value != null && !rule.accepts().test(value)) {
      throw invalid(name, rule.demand());
    }
    return value;
  }

  /** Whether the parameter is true; it need not be there. */
  boolean flag(String name) {
    String value = find(name);
    if (value != null && !value.equals("true") && !value.equals("false")) {
      throw invalid(name, "must be true or false");
    }
    return "true".equals(value);
  }

  /** The value of {@link #TIMEOUT}: PT0S to PT30S, or 2 s if it is not there. */
  Duration timeout() {
    String timeout = find(TIMEOUT);
    if (timeout == null) {
      return DEFAULT_TIMEOUT;
    }
    try {
      Duration duration = Duration.parse(timeout);
      if (!duration.isNegative() && duration.compareTo(MAX_TIMEOUT) <= 0) {
        return duration;
      }
    } catch (DateTimeException e) {
      // said below
    }
    throw invalid(TIMEOUT, "must be an ISO 8601 duration from PT0S to PT30S");
  }

  ProblemException invalid(String name, String detail) {
    return Problem.invalidQuery(List.of(Fault.inParameter(name, detail))).exception();
  }
}
