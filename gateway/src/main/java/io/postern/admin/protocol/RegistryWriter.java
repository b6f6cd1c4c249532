package io.postern.admin.protocol;

import io.postern.change.Revision;
import io.postern.store.database.Statements;
import io.postern.store.database.Transactions;
import io.postern.store.database.Transactions.Committed;
import java.time.Duration;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Changes the registry, and answers only when this gateway issues tokens by the change, or, if the
 * request says so, all do.
 */
public final class RegistryWriter {
  /** Carries the revision that includes a write. */
  public static final String REVISION = "Postern-Revision";

  /** Carries the replicas that go by a write that waited for them. */
  static final String REPLICAS = "Postern-Replicas";

  private static final Duration INDEX_TIMEOUT = Duration.ofSeconds(5);

  private final Transactions transactions;
  private final OwnIndex index;
  private final Replicas replicas;

  public RegistryWriter(Transactions transactions, OwnIndex index, Replicas replicas) {
    this.transactions = transactions;
    this.index = index;
    this.replicas = replicas;
  }

  /**
   * Handles a request that is answered the same when it comes again with its key, whatever the
   * handler would say to it by then.
   */
  AdminResponse once(AdminRequest request, AdminHandler handler) {
    return Idempotency.isRepeat(transactions.read(), request)
        ? write(request, RegistryWriter::forgotten)
        : handler.handle(request);
  }

  // its day was over between two statements
  private static AdminResponse forgotten(Statements statements) {
    throw Problem.conflict(
            "idempotency-key-expired", "The key was forgotten this moment: send the request again.")
        .exception();
  }

  /** Does the work in a transaction; what it throws rolls back. */
  public AdminResponse write(AdminRequest request, Function<Statements, AdminResponse> work) {
    Duration wait = Replicas.findWait(request.query());
    Committed<AdminResponse> committed =
        transactions.write(
            request.author(), statements -> Idempotency.once(statements, request, work));
    return answer(
        committed.revision(), committed.result(), wait, wait == null ? INDEX_TIMEOUT : wait);
  }

  /**
   * The answer for a change that is committed, once it is in effect.
   *
   * @param wait how long to wait for all replicas, or null not to
   * @param indexTimeout how long this gateway's own index may take
   */
  public AdminResponse answer(
      Revision revision, AdminResponse made, @Nullable Duration wait, Duration indexTimeout) {
    // a repeat has the revision of the first
    AdminResponse response =
        made.headers().containsKey(REVISION)
            ? made
            : made.header(REVISION, Long.toString(revision.number()));
    long deadline = System.nanoTime() + indexTimeout.toNanos();
    boolean own = index.awaitRevision(revision, indexTimeout);
    if (wait == null) {
      if (!own) {
        throw made(
                response,
                "index-behind",
                "Index behind",
                "The change is committed; this gateway does not go by it yet.")
            .exception();
      }
      return response;
    }
    Replicas.Acknowledgements all = replicas.await(revision, deadline);
    if (!own || !all.complete()) {
      throw made(
              response,
              "replicas-behind",
              "Replicas behind",
              "The change is made; not every gateway that may be running goes by it yet.")
          .with("replicas", all.json())
          .exception();
    }
    // RFC 9651 §3.1: a list without members is no header at all
    return all.replicas().isEmpty() ? response : response.header(REPLICAS, all.header());
  }

  /** That the change is made, with all that the answer would have told, which may be told once. */
  private static Problem made(AdminResponse response, String type, String title, String detail) {
    String revision = response.headers().getOrDefault(REVISION, "");
    Problem problem =
        Problem.of(504, type, title, detail).with("revision", Long.parseLong(revision));
    if (response.body() != null) {
      problem = problem.with("result", response.body());
    }
    for (Map.Entry<String, String> header : response.headers().entrySet()) {
      problem = problem.header(header.getKey(), header.getValue());
    }
    return problem;
  }
}
