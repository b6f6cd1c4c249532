package io.postern.admin.protocol;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.postern.change.Revision;
import io.postern.store.database.DatabaseUnavailableException;
import io.postern.store.replica.ReplicaTable;
import io.postern.store.replica.ReplicaTable.Replica;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** All gateways on this database as the admin API sees them: how far each is. */
public final class Replicas {
  /** The query parameter of a write that is to wait for other gateways; its one value: all. */
  static final String WAIT = "wait";

  private static final Duration SHORTEST_PAUSE = Duration.ofMillis(2);
  private static final Duration LONGEST_PAUSE = Duration.ofMillis(50);

  private static final Problem LOST =
      Problem.of(
              503,
              "change-lost",
              "Change lost",
              "The change was made, and lost as the database went over to a copy without it.")
          .header("Retry-After", "2");

  /**
   * Which replicas go by a write.
   *
   * @param complete whether all do that are live and answer requests
   * @param committedAt by the database's clock, or null when that could not be read
   */
  record Acknowledgements(
      Revision revision, boolean complete, @Nullable Instant committedAt, List<Replica> replicas) {
    Acknowledgements {
      replicas = List.copyOf(replicas);
    }

    /** A list (RFC 9651 §3.1) of the replicas, each with the milliseconds that it took. */
    String header() {
      return replicas.stream()
          .map(replica -> replica.replicaId() + ";ms=" + milliseconds(replica))
          .collect(Collectors.joining(", "));
    }

    ArrayNode json() {
      ArrayNode list = JsonNodeFactory.instance.arrayNode();
      for (Replica replica : replicas) {
        boolean acknowledged = replica.has(revision.number());
        ObjectNode node = Replicas.json(replica).put("acknowledged", acknowledged);
        if (acknowledged && committedAt != null) {
          node.put("milliseconds", milliseconds(replica));
        }
        list.add(node);
      }
      return list;
    }

    // at most so many: a replica that has gone on has acknowledged it before
    private long milliseconds(Replica replica) {
      Instant appliedAt = replica.appliedAt();
      return committedAt == null || appliedAt == null
          ? 0
          : Math.max(0, Duration.between(committedAt, appliedAt).toMillis());
    }
  }

  private final ReplicaTable table;

  public Replicas(ReplicaTable table) {
    this.table = table;
  }

  /**
   * How long a write is to wait for all replicas, or null when it is not.
   *
   * @throws ProblemException when the query is not valid
   */
  public static @Nullable Duration findWait(Query query) {
    String wait = query.find(WAIT);
    if (wait == null) {
      if (query.find(Query.TIMEOUT) != null) {
        throw query.invalid(Query.TIMEOUT, "means nothing without wait=all");
      }
      return null;
    }
    return query.timeout();
  }

  /** All that are live, those too that do not answer requests yet. */
  public ArrayNode list() {
    ArrayNode list = JsonNodeFactory.instance.arrayNode();
    table.live().forEach(replica -> list.add(json(replica)));
    return list;
  }

  /**
   * Waits until all live replicas that answer requests go by a revision. On a virtual thread. When
   * the database fails meanwhile, that is not complete.
   *
   * @param deadlineNanos as {@link System#nanoTime}
   * @throws ProblemException when the database has lost the revision
   */
  Acknowledgements await(Revision revision, long deadlineNanos) {
    List<Replica> serving = List.of();
    Instant committedAt = null;
    Duration pause = SHORTEST_PAUSE;
    try {
      while (true) {
        serving = table.live().stream().filter(Replica::serving).toList();
        boolean complete = serving.stream().allMatch(replica -> replica.has(revision.number()));
        long left = deadlineNanos - System.nanoTime();
        if (complete || left <= 0) {
          committedAt = table.findCommit(revision);
          if (committedAt == null) {
            throw LOST.exception();
          }
          return new Acknowledgements(revision, complete, committedAt, serving);
        }
        sleep(Math.min(pause.toNanos(), left));
        pause = pause.compareTo(LONGEST_PAUSE) < 0 ? pause.multipliedBy(2) : LONGEST_PAUSE;
      }
    } catch (DatabaseUnavailableException e) {
      return new Acknowledgements(revision, false, committedAt, serving);
    }
  }

  private static void sleep(long nanos) {
    Future.fromCompletionStage(
            new CompletableFuture<Void>().completeOnTimeout(null, nanos, TimeUnit.NANOSECONDS),
            Vertx.currentContext())
        .await();
  }

  private static ObjectNode json(Replica replica) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("replica_id", replica.replicaId())
        .put("host", replica.host())
        .put("applied_revision", replica.appliedRevision())
        .put("last_seen_seconds", replica.sinceSeen().toMillis() / 1000.0);
  }
}
