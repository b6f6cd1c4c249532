package io.postern.admin.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import io.postern.admin.AdminServer;
import io.postern.admin.AdminServer.Answer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class DatabaseOutageTest {
  private static final String AGENTS = "/admin/v1/agents";

  @RegisterExtension static final AdminServer server = new AdminServer();
  @RegisterExtension static final AdminServer unconnected = AdminServer.withoutDatabase();

  private static void assertUnavailable(Answer answer) {
    assertThat(answer.status()).isEqualTo(503);
    assertThat(answer.header("Retry-After")).isEqualTo("2");
    assertThat(answer.text("type")).isEqualTo("urn:postern:problem:database-unavailable");
  }

  @Test
  void anyRequest_databaseUnreachable_isToBeTriedAgain() throws Exception {
    assertUnavailable(unconnected.get(AGENTS));
    assertUnavailable(unconnected.post(AGENTS, "{\"name\": \"a\"}"));
  }

  @Test
  void explain_databaseUnreachable_isAnsweredFromMemory() throws Exception {
    Answer answer = unconnected.post("/admin/v1/explain", "{\"client_id\": \"nobody\"}");
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.text("reason")).isEqualTo("unknown_client");
  }

  @Test
  void decisions_databaseUnreachable_areAnsweredFromMemory() throws Exception {
    assertThat(unconnected.get("/admin/v1/decisions").json().path("items").isArray()).isTrue();
    assertThat(unconnected.get("/admin/v1/decisions/none").status()).isEqualTo(404);
  }

  @Test
  void write_afterTheConnectionsBroke_succeedsWithinAFewTries() throws Exception {
    server.newAgent("before");
    server.execute(
        "select pg_terminate_backend(pid) from pg_stat_activity"
            + " where application_name = 'postern' and datname = current_database()");
    List<Integer> statuses = new ArrayList<>();
    do {
      statuses.add(server.post(AGENTS, "{\"name\": \"after\"}").status());
    } while (statuses.getLast() != 201 && statuses.size() < 10);
    assertThat(statuses).contains(201).isSubsetOf(201, 503);
  }

  @Test
  void write_lockHeldForLong_isToBeTriedAgain() throws Exception {
    server.whileExecuting(
        "update feed_head set pruned_through = pruned_through",
        () -> assertUnavailable(server.post(AGENTS, "{\"name\": \"blocked\"}")));
    assertThat(server.post(AGENTS, "{\"name\": \"free\"}").status()).isEqualTo(201);
    assertThat(server.get(AGENTS + "?name=blocked").json().path("items")).isEmpty();
  }
}
