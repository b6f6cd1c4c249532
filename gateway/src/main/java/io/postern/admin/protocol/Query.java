package io.postern.admin.protocol;

import io.postern.admin.contract.ContractSchema;
import io.vertx.core.MultiMap;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The query parameters of a request. */
public final class Query {
  /** How long to wait at most: an ISO 8601 duration. */
  static final String TIMEOUT = "timeout";

  private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(2);
  private static final Duration MAX_TIMEOUT = Duration.ofSeconds(30);

  private final MultiMap parameters;

  /**
   * @param allowed what each parameter that means something here must be
   * @throws ProblemException for all that is wrong, unknown and repeated names too, so that a typo
   *     in a filter does not list everything
   */
  Query(MultiMap parameters, Map<String, ContractSchema> allowed) {
    this.parameters = parameters;
    List<Fault> faults = new ArrayList<>();
    for (String name : parameters.names()) {
      String fault = fault(allowed.get(name), parameters.getAll(name));
      if (fault != null) {
        faults.add(Fault.inParameter(name, fault));
      }
    }
    if (!faults.isEmpty()) {
      throw Problem.invalidQuery(faults).exception();
    }
  }

  private static @Nullable String fault(@Nullable ContractSchema schema, List<String> values) {
    if (schema == null) {
      return "is unknown here";
    }
    if (values.size() > 1) {
      return "stands there twice";
    }
    // PostgreSQL takes none
    return values.getFirst().indexOf('\0') >= 0
        ? "holds a control character"
        : schema.faultOfText(values.getFirst());
  }

  public @Nullable String find(String name) {
    return parameters.get(name);
  }

  /** Whether the parameter is true; it need not be there. */
  public boolean flag(String name) {
    return "true".equals(find(name));
  }

  /** The value of {@link #TIMEOUT}: PT0S to PT30S, or 2 s if it is not there. */
  public Duration timeout() {
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

  public ProblemException invalid(String name, String detail) {
    return Problem.invalidQuery(List.of(Fault.inParameter(name, detail))).exception();
  }
}
