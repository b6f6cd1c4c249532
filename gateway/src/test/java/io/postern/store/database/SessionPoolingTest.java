package io.postern.store.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.postern.testing.TestPostgres;
import io.vertx.core.Vertx;
import java.net.URI;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SessionPoolingTest {
  private final String url = TestPostgres.newDatabase();
  private final int port = URI.create(url).getPort();
  private final Vertx vertx = Vertx.vertx();

  @AfterEach
  void stop() {
    vertx.close().await();
  }

  @Test
  void transactionsInOthersSessions_areNoticed() throws Exception {
    try (TransactionPooler pooler = new TransactionPooler(port, true)) {
      Database database = through(pooler);
      assertThat(database.isBehindPooler()).isTrue();
      assertThatThrownBy(() -> SessionPooling.refuse(vertx, database))
          .isInstanceOf(UnfitDatabaseException.class)
          .hasMessageContaining("pool_mode=session");
    }
  }

  @Test
  void sessionsOfTheirOwn_arePassed() throws Exception {
    try (TransactionPooler pooler = new TransactionPooler(port, false)) {
      Database database = through(pooler);
      assertThat(database.isBehindPooler()).isTrue();
      SessionPooling.refuse(vertx, database);
    }
  }

  @Test
  void withoutAPooler_nothingIsAsked() {
    Database database = Database.parse(url);
    Statements.await(database.connect(vertx, "test"));
    assertThat(database.isBehindPooler()).isFalse();
    SessionPooling.refuse(vertx, database);
  }

  private Database through(TransactionPooler pooler) {
    Database database = Database.parse(url.replace(":" + port + "/", ":" + pooler.port() + "/"));
    Statements.await(database.connect(vertx, "test"));
    return database;
  }
}
