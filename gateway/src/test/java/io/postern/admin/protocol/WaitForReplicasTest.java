package io.postern.admin.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.postern.admin.AdminServer;
import io.postern.admin.AdminServer.Answer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Writes that answer when every live replica goes by them; the replicas here are only rows. */
class WaitForReplicasTest {
  private static final String AGENTS = "/admin/v1/agents";
  private static final String NEW_AGENT = "{\"name\": \"a\"}";

  @RegisterExtension static final AdminServer server = new AdminServer();

  @AfterEach
  void removeReplicas() throws Exception {
    server.execute("delete from replica");
    server.holdIndex(CompletableFuture.completedFuture(true));
    server.databaseAway(false);
  }

  @Test
  void write_allReplicasHaveIt_answersWithTheTimeOfEach() throws Exception {
    insertReplica("one");
    insertReplica("other");
    var written =
        server.sendAsync("POST", AGENTS + "?wait=all&timeout=PT20S", "{\"name\": \"waiting\"}");
    acknowledge("one", awaitAgent("waiting"));
    assertThat(server.get(AGENTS).status()).isEqualTo(200);
    assertThat(written).isNotDone();
    acknowledge("other", awaitAgent("waiting"));

    Answer answer = written.get();
    assertThat(answer.status()).isEqualTo(201);
    assertThat(answer.header("Postern-Replicas")).matches("one;ms=\\d{1,5}, other;ms=\\d{1,5}");
    assertThat(answer.text("name")).isEqualTo("waiting");
  }

  @Test
  void write_replicaBehind_isMade_andNothingOfTheAnswerIsLost() throws Exception {
    insertReplica("one");
    insertReplica("slow");
    String agent = AGENTS + "/" + server.newAgent("with a secret");
    server.execute(
        "update replica set applied_revision = revision + 1, applied_mark = gen_random_uuid()"
            + " from feed_head where replica_id = 'slow'");
    var written = server.sendAsync("POST", agent + "/secrets?wait=all&timeout=PT0.5S", "{}");
    while (server
        .query(
            "select 1 from client_secret where client_id = '%s'"
                .formatted(agent.substring(AGENTS.length() + 1)))
        .isEmpty()) {
      Thread.onSpinWait();
    }
    acknowledge("one", head());

    Answer answer = written.get();
    assertThat(answer.status()).isEqualTo(504);
    assertThat(answer.text("type")).isEqualTo("urn:postern:problem:replicas-behind");
    assertThat(answer.json().path("revision").longValue()).isEqualTo(answer.revision());
    JsonNode result = answer.json().path("result");
    assertThat(result.path("client_secret").asText()).hasSizeGreaterThan(30);
    assertThat(answer.header("Location")).endsWith(result.path("secret_id").asText());
    assertThat(answer.header("ETag")).isNotEmpty();
    assertThat(server.get(answer.header("Location")).status()).isEqualTo(200);

    JsonNode one = answer.json().path("replicas").path(0);
    assertThat(one.path("replica_id").asText()).isEqualTo("one");
    assertThat(one.path("host").asText()).isEqualTo("host-of-one");
    assertThat(one.path("acknowledged").booleanValue()).isTrue();
    assertThat(one.path("milliseconds").longValue()).isBetween(0L, 20_000L);
    JsonNode slow = answer.json().path("replicas").path(1);
    assertThat(slow.path("acknowledged").booleanValue()).isFalse();
    assertThat(slow.has("milliseconds")).isFalse();
    assertThat(slow.path("last_seen_seconds").doubleValue()).isBetween(0.0, 60.0);
  }

  @Test
  void write_waitsForLiveReplicasThatServeAlone() throws Exception {
    insertReplica("starting");
    server.execute("update replica set applied_revision = null, applied_mark = null");
    insertReplica("dead");
    server.execute(
        "update replica set seen_at = now() - interval '76 s' where replica_id = 'dead'");

    Answer answer = server.post(AGENTS + "?wait=all&timeout=PT0S", NEW_AGENT);
    assertThat(answer.status()).isEqualTo(201);
    assertThat(answer.response().headers().firstValue("Postern-Replicas")).isEmpty();
  }

  @Test
  void write_ownIndexBehind_isNotEveryReplica() throws Exception {
    server.holdIndex(new CompletableFuture<>());
    Answer answer = server.post(AGENTS + "?wait=all&timeout=PT0.1S", NEW_AGENT);
    assertThat(answer.status()).isEqualTo(504);
    assertThat(answer.json().path("result").path("client_id").asText()).isNotEmpty();
  }

  @Test
  void writeWithoutEffect_waitsForThePresentRevision() throws Exception {
    String agent = AGENTS + "/" + server.newAgent("same");
    insertReplica("one");
    server.newAgent("newer");
    String noChange = "{\"name\": \"same\"}";
    assertThat(server.patch(agent + "?wait=all&timeout=PT0S", noChange).status()).isEqualTo(504);
    acknowledge("one", head());
    assertThat(server.patch(agent + "?wait=all&timeout=PT0S", noChange).status()).isEqualTo(200);
    Answer deleted = server.delete(agent + "?wait=all&timeout=PT0S");
    assertThat(deleted.status()).isEqualTo(504);
    assertThat(deleted.json().has("result")).isFalse();
  }

  @Test
  void write_lostByTheDatabaseMeanwhile_isNotCalledMade() throws Exception {
    insertReplica("one");
    var written =
        server.sendAsync("POST", AGENTS + "?wait=all&timeout=PT20S", "{\"name\": \"lost\"}");
    long revision = awaitAgent("lost");
    // as on a copy that has given the number to another change
    server.execute(
        "update feed_revision set mark = gen_random_uuid() where revision = " + revision);
    acknowledge("one", revision);

    assertThat(written.get().status()).isEqualTo(503);
    assertThat(written.get().text("type")).isEqualTo("urn:postern:problem:change-lost");
  }

  @Test
  void badQueries_areRefused_andNothingIsChanged() throws Exception {
    for (String query :
        new String[] {
          "wait=some", "wait=", "timeout=PT1S", "wait=all&timeout=2", "wait=all&timeout=PT31S"
        }) {
      Answer answer = server.post(AGENTS + "?" + query, "{\"name\": \"refused\"}");
      assertThat(answer.status()).as(query).isEqualTo(400);
    }
    assertThat(server.get(AGENTS + "?wait=all").status()).isEqualTo(400);
    assertThat(server.get(AGENTS + "?name=refused").json().path("items")).isEmpty();
  }

  @Test
  void index_listsLiveReplicas() throws Exception {
    insertReplica("one");
    JsonNode replica = server.get("/admin/v1/index").json().path("replicas").path(0);
    assertThat(replica.path("replica_id").asText()).isEqualTo("one");
    assertThat(replica.path("applied_revision").longValue()).isEqualTo(head());
  }

  @Test
  void databaseKnownToBeAway_isToldAtOnce_butTheIndexIsShown() throws Exception {
    server.databaseAway(true);
    // a connection would wait for this for five seconds
    server.whileExecuting(
        "lock table application in access exclusive mode",
        () -> {
          long began = System.nanoTime();
          for (Answer answer :
              new Answer[] {
                server.get(AGENTS), server.post(AGENTS, NEW_AGENT), server.get(AGENTS + "/x")
              }) {
            assertThat(answer.status()).isEqualTo(503);
            assertThat(answer.header("Retry-After")).isEqualTo("2");
            assertThat(answer.text("detail")).contains("nothing has been changed");
          }
          assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(4));
        });
    Answer index = server.get("/admin/v1/index");
    assertThat(index.status()).isEqualTo(200);
    assertThat(index.json().path("staleness_seconds").doubleValue()).isEqualTo(1.5);
    assertThat(index.json().has("replicas")).isFalse();
  }

  private static void insertReplica(String name) throws Exception {
    server.execute(
        """
        insert into replica (replica_id, host, max_staleness_seconds, applied_revision,
                             applied_mark, applied_at)
        select '%1$s', 'host-of-%1$s', 60, revision, mark, clock_timestamp() from feed_head\
        """
            .formatted(name));
  }

  private static void acknowledge(String name, long revision) throws Exception {
    server.execute(
        """
        update replica set applied_revision = f.revision, applied_mark = f.mark,
               applied_at = clock_timestamp(), seen_at = clock_timestamp()
          from feed_revision f where f.revision = %d and replica_id = '%s'\
        """
            .formatted(revision, name));
  }

  private static long head() throws Exception {
    return Long.parseLong(server.query("select revision from feed_head").getFirst());
  }

  /** Waits until an agent of that name is committed; its revision. */
  private static long awaitAgent(String name) throws Exception {
    while (true) {
      var revisions =
          server.query("select max(revision) from application where name = '%s'".formatted(name));
      if (!revisions.getFirst().equals("null")) {
        return Long.parseLong(revisions.getFirst());
      }
    }
  }
}
