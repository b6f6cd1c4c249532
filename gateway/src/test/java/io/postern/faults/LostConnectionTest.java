package io.postern.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.postern.store.database.Author;
import io.postern.store.database.Database;
import io.postern.store.database.DatabaseUnavailableException;
import io.postern.store.database.Schema;
import io.postern.store.database.Transactions;
import io.postern.store.registry.ApplicationTable;
import io.postern.testing.TestPostgres;
import io.vertx.core.Vertx;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class LostConnectionTest {
  @Test
  void pooledConnection_thatIsReset_failsItsTransaction_andPrintsNothing() {
    String url = TestPostgres.newDatabase();
    new Schema(Database.parse(url)).migrate();
    int port = URI.create(url).getPort();
    PrintStream before = System.err;
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    Vertx vertx = Vertx.vertx();
    try (TcpProxy proxy = new TcpProxy(port)) {
      System.setErr(new PrintStream(printed, true, StandardCharsets.UTF_8));
      Database database = Database.parse(url.replace(":" + port + "/", ":" + proxy.port() + "/"));
      Transactions transactions = new Transactions(database.pool(vertx));
      assertThatThrownBy(
              () ->
                  transactions.write(
                      new Author("test", "here"),
                      statements -> {
                        proxy.resetAll();
                        return new ApplicationTable(statements).countLicensed();
                      }))
          .isInstanceOf(DatabaseUnavailableException.class);
    } finally {
      System.setErr(before);
      vertx.close().await();
    }
    assertThat(printed.toString(StandardCharsets.UTF_8)).isEmpty();
  }
}
