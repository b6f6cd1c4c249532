package io.postern.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.postern.store.database.Database;
import io.postern.store.database.DatabaseUnavailableException;
import io.postern.store.database.Statements;
import io.postern.testing.TestPostgres;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgConnection;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class GatewayProcessTest {
  @Test
  void databaseThatGoesAway_isToldByItsReason() {
    Vertx vertx = Vertx.vertx();
    try {
      PgConnection connection =
          Database.parse(TestPostgres.newDatabase()).connect(vertx, "test").await();
      Statements statements = new Statements(connection, Duration.ofSeconds(10));
      DatabaseUnavailableException away =
          catchThrowableOfType(
              DatabaseUnavailableException.class,
              () ->
                  statements.query(
                      "do $$ begin raise 'too many clients' using errcode = '53300'; end $$"));

      assertThat(GatewayProcess.explained("the gateway did not start", away))
          .isInstanceOf(StartException.class)
          .hasMessageStartingWith("the gateway did not start: ")
          .hasMessageNotContaining("DatabaseUnavailableException")
          .hasMessageContaining("too many clients");
    } finally {
      vertx.close().await();
    }
  }
}
