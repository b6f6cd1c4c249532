package io.postern.admin;

import io.vertx.core.MultiMap;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The query parameters of a request. */
final class Query {
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

  ProblemException invalid(String name, String detail) {
    return Problem.invalidQuery(List.of(Fault.inParameter(name, detail))).exception();
  }
}
