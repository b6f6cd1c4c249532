package io.postern.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.postern.admin.AdminServer.Answer;
import io.postern.store.Database;
import io.vertx.core.Vertx;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class DatabaseOutageTest {
  @RegisterExtension static final AdminServer server = new AdminServer(null);

  @Test
  void anyRequest_databaseUnreachable_isToBeTriedAgain() throws Exception {
    Vertx vertx = Vertx.vertx();
    // port 1 of this machine refuses connections
    server.start(vertx, Database.parse("postgresql://u:p@127.0.0.1:1/none"));
    for (Answer answer :
        new Answer[] {
          server.get("/admin/v1/agents"), server.post("/admin/v1/agents", "{\"name\": \"a\"}")
        }) {
      assertThat(answer.status()).isEqualTo(503);
      assertThat(answer.header("Retry-After")).isEqualTo("2");
      assertThat(answer.text("type")).isEqualTo("urn:postern:problem:database-unavailable");
    }
    vertx.close().await();
  }

  @Test
  void write_lostInTheMiddle_isToBeTriedAgain() throws Exception {
    server.newAgent("before");
    server.execute(
        "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'postern'");
    Answer first = server.post("/admin/v1/agents", "{\"name\": \"a\"}");
    assertThat(first.status()).isIn(201, 503);
    assertThat(server.post("/admin/v1/agents", "{\"name\": \"a\"}").status()).isIn(201, 503);
  }
}
