package io.postern.admin;

import io.postern.store.Registry;
import io.postern.store.Registry.Committed;
import io.postern.store.RegistryTables;
import java.time.Duration;
import java.util.Map;
import java.util.function.Function;

/** Changes the registry, and answers only when this gateway issues tokens by the change. */
final class RegistryWriter {
  /** Carries the revision that includes a write. */
  static final String REVISION = "Postern-Revision";

  private static final Duration INDEX_TIMEOUT = Duration.ofSeconds(5);

  private final Registry registry;
  private final OwnIndex index;

  RegistryWriter(Registry registry, OwnIndex index) {
    this.registry = registry;
    this.index = index;
  }

  /** Does the work in a transaction; what it throws rolls back. */
  AdminResponse write(AdminRequest request, Function<RegistryTables, AdminResponse> work) {
    Committed<AdminResponse> committed = registry.write(request.author(), work);
    long revision = committed.revision().number();
    AdminResponse response = committed.result().header(REVISION, Long.toString(revision));
    if (!index.awaitRevision(committed.revision(), INDEX_TIMEOUT)) {
      throw notYet(revision, response.headers()).exception();
    }
    return response;
  }

  private static Problem notYet(long revision, Map<String, String> headers) {
    Problem problem =
        Problem.of(
                504,
                "index-behind",
                "Index behind",
                "The change is committed; this gateway does not go by it yet.")
            .with("revision", revision);
    for (Map.Entry<String, String> header : headers.entrySet()) {
      problem = problem.header(header.getKey(), header.getValue());
    }
    return problem;
  }
}
