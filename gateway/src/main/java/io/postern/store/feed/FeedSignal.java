package io.postern.store.feed;

import io.postern.store.database.Statements;
import io.vertx.pgclient.PgConnection;
import java.time.Duration;

/**
 * PostgreSQL's word that something was committed to the change feed. Its payload is the schema: the
 * channel is one of the database, and there may be another Postern in another schema.
 */
public final class FeedSignal {
  private static final Duration TIMEOUT = Duration.ofSeconds(5);

  private FeedSignal() {}

  /** Has a handler called for each commit from now on, on the connection's context. */
  public static void listen(PgConnection connection, Runnable handler) {
    Statements statements = new Statements(connection, TIMEOUT);
    String schema = statements.requireRow("select home_schema()").getString(0);
    connection.notificationHandler(
        notification -> {
          if (notification.getPayload().equals(schema)) {
            handler.run();
          }
        });
    statements.query("listen postern_feed");
  }
}
