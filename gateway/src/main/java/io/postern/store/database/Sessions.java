package io.postern.store.database;

import io.postern.store.database.DatabaseUrl.Host;
import io.vertx.core.Completable;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetClientOptions;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.spi.PgDriver;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.spi.ConnectionFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Makes sessions on the host that is the primary, and lets none pass that Postern cannot work in.
 *
 * <p>Of several hosts, the one that was the primary last is asked first, and the next one when the
 * one before has failed or has had its head start (as RFC 8305 §5 does with addresses). So a host
 * that is gone without a word costs little, and one that is well is asked alone.
 */
final class Sessions implements ConnectionFactory<PgConnectOptions> {
  private static final Duration HEAD_START = Duration.ofMillis(250);

  private final Vertx vertx;
  private final ConnectionFactory<PgConnectOptions> connections;
  private final Target target;

  /** The client's driver, with these sessions in its pools. */
  static final class Driver extends PgDriver {
    private final Target target;

    Driver(Target target) {
      this.target = target;
    }

    @Override
    public ConnectionFactory<PgConnectOptions> createConnectionFactory(
        Vertx vertx, NetClientOptions network) {
      return new Sessions(vertx, PgDriver.INSTANCE.createConnectionFactory(vertx, network), target);
    }
  }

  private Sessions(Vertx vertx, ConnectionFactory<PgConnectOptions> connections, Target target) {
    this.vertx = vertx;
    this.connections = connections;
    this.target = target;
  }

  @Override
  public Future<SqlConnection> connect(Context context, PgConnectOptions options) {
    Search search = new Search(context, options);
    search.next();
    return search.found.future();
  }

  @Override
  public void close(Completable<Void> closed) {
    connections.close(closed);
  }

  private Future<SqlConnection> open(Context context, PgConnectOptions options, Host host) {
    Future<SqlConnection> session =
        connections
            .connect(
                context, new PgConnectOptions(options).setHost(host.name()).setPort(host.port()))
            .compose(this::examine);
    return session
        .timeout(target.connectTimeout().toMillis(), TimeUnit.MILLISECONDS)
        // one that comes too late is nobody's
        .onFailure(late -> session.onSuccess(SqlConnection::close));
  }

  private Future<SqlConnection> examine(SqlConnection session) {
    Database.noteFailures(session);
    return session
        .query(SessionFacts.QUERY)
        .execute()
        .map(
            rows -> {
              target.require(SessionFacts.of(rows.iterator().next()), session);
              return session;
            })
        .onFailure(e -> session.close());
  }

  /** The search for one session. Its callbacks come on several threads. */
  private final class Search {
    private final Context context;
    private final PgConnectOptions options;
    private final Iterator<Host> hosts = target.hosts().iterator();
    private final Promise<SqlConnection> found = Promise.promise();
    private final List<String> reasons = new ArrayList<>();
    private int running;

    Search(Context context, PgConnectOptions options) {
      this.context = context;
      this.options = options;
    }

    synchronized void next() {
      if (!hosts.hasNext() || found.future().isComplete()) {
        return;
      }
      Host host = hosts.next();
      running++;
      long headStart =
          hosts.hasNext() ? vertx.setTimer(HEAD_START.toMillis(), ignored -> next()) : -1;
      open(context, options, host)
          .onSuccess(session -> take(host, session))
          .onFailure(e -> fail(host, headStart, e));
    }

    private void take(Host host, SqlConnection session) {
      if (found.tryComplete(session)) {
        target.foundPrimary(host);
      } else {
        session.close();
      }
    }

    private synchronized void fail(Host host, long headStart, Throwable e) {
      vertx.cancelTimer(headStart);
      reasons.add(host + ": " + target.reason(host, e));
      running--;
      next();
      if (running == 0) {
        found.tryFail(target.unreachable(reasons));
      }
    }
  }
}
