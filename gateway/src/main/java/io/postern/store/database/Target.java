package io.postern.store.database;

import io.postern.store.database.DatabaseUrl.Host;
import io.vertx.core.VertxException;
import io.vertx.pgclient.PgConnection;
import io.vertx.sqlclient.SqlConnection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * The place that all sessions are to reach, and what was seen of the way there: which host was the
 * primary last, and whether a pooler stands in between. Thread-safe.
 */
final class Target {
  private final DatabaseUrl url;
  private final Duration connectTimeout;
  private final @Nullable String searchPath;
  private final @Nullable ServerCertificateTrust roots;
  private volatile Host primary;
  private volatile boolean behindPooler;

  /**
   * @param searchPath as a session must have it, or null for whatever the role has
   */
  Target(DatabaseUrl url, DatabaseParameters parameters, @Nullable String searchPath) {
    this.url = url;
    this.connectTimeout = parameters.connectTimeout();
    this.roots = parameters.tls().roots();
    this.searchPath = searchPath;
    this.primary = url.hosts().getFirst();
  }

  Duration connectTimeout() {
    return connectTimeout;
  }

  /** All hosts, the one first that was the primary last. */
  List<Host> hosts() {
    List<Host> hosts = new ArrayList<>(url.hosts());
    Host first = primary;
    hosts.remove(first);
    hosts.addFirst(first);
    return hosts;
  }

  void foundPrimary(Host host) {
    primary = host;
  }

  /**
   * Whether another process answers than the one that the greeting named: what speaks in between
   * may give a session's statements to different ones.
   */
  boolean isBehindPooler() {
    return behindPooler;
  }

  /** Fails for a session that Postern cannot work in. */
  void require(SessionFacts facts, SqlConnection session) {
    String fault = facts.fault(url.database(), searchPath);
    if (fault != null) {
      throw new IllegalStateException(fault);
    }
    if (PgConnection.cast(session).processId() != facts.processId()) {
      behindPooler = true;
    }
  }

  /** Why there is no session on a host. */
  String reason(Host host, Throwable failure) {
    String refusal = roots == null ? null : roots.findRefusal(host.name());
    boolean isHandshake = failure instanceof VertxException || failure instanceof SSLException;
    return refusal != null && isHandshake ? refusal : FailureReason.of(failure);
  }

  /** What to tell when no host will do. */
  DatabaseConnectException unreachable(List<String> reasons) {
    return new DatabaseConnectException(url + " cannot be used: " + String.join("; ", reasons));
  }
}
