package io.postern.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.postern.store.FirstStart;
import io.postern.testing.DecisionLines;
import io.postern.testing.TestGateway;
import io.postern.testing.TokenCall;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.Writer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** {@code postern decisions} as typed, against a running gateway. */
class DecisionsCommandTest {
  private static final JsonMapper JSON = new JsonMapper();
  private static TestGateway gateway;

  @BeforeAll
  static void start() {
    gateway = TestGateway.start();
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  private record Result(int status, String out, String err) {}

  private static Result run(String... args) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int status = run(out, err, args);
    return new Result(status, out.toString(), err.toString());
  }

  private static int run(Writer out, Writer err, String... args) {
    return run(gateway, out, err, args);
  }

  private static int run(TestGateway gateway, Writer out, Writer err, String... args) {
    CommandLine command =
        Postern.commandLine(
            Map.of(
                "POSTERN_CLIENT_ID",
                FirstStart.ADMINISTRATOR,
                "POSTERN_CLIENT_SECRET",
                TestGateway.ADMIN_SECRET,
                "POSTERN_ADMIN_URL",
                gateway.managementUri("/admin/v1").toString(),
                "POSTERN_ISSUER",
                gateway.issuer()));
    command.setOut(new PrintWriter(out, true));
    command.setErr(new PrintWriter(err, true));
    return command.execute(args);
  }

  /** Asks with a wrong secret; the decision's id. */
  private static String refuse(String clientId) {
    String id = refuse(gateway, clientId);
    // told after the answer
    DecisionLines.eventually(() -> run("decisions", id).status() == 0);
    return id;
  }

  private static String refuse(TestGateway gateway, String clientId) {
    return TokenCall.to(gateway)
        .basic(clientId, "x")
        .clientCredentials()
        .send()
        .header("Postern-Decision-Id");
  }

  @Test
  void table_hasTheNewestAtItsEnd() {
    String first = refuse("no-one");
    String second = refuse("no-one");
    String out = run("decisions", "--client=no-one", "--reason=unknown_client").out();
    assertThat(out.lines().toList())
        .hasSize(3)
        .satisfies(
            lines -> {
              assertThat(lines.get(0)).matches("TIME +OUTCOME +REASON +SOURCE +DECISION_ID .*");
              assertThat(lines.get(1)).contains("refused", "unknown_client", "127.0.0.1", first);
              assertThat(lines.get(2)).contains(second).endsWith("no-one");
            });
    assertThat(run("decisions", "--client=no-one", "--last=1").out()).contains(second);
    assertThat(run("decisions", "--client=no-one", "--last=1").out()).doesNotContain(first);
    assertThat(run("decisions", "--client=no-one", "--outcome=issued").out()).hasLineCount(1);
    assertThat(run("decisions", "--last=0").status()).isEqualTo(2);
  }

  @Test
  void one_isShownWithWhatTheClientWasTold() throws Exception {
    String id = refuse("who\u001b[2J");
    Result shown = run("decisions", id);
    assertThat(shown.out())
        .contains(
            "reason: unknown_client",
            "error_description: client authentication failed",
            "claimed_client_id: who\uFFFD[2J");
    JsonNode json = JSON.readTree(run("decisions", id, "--json").out());
    assertThat(json.path("decision_id").asText()).isEqualTo(id);

    Result unknown = run("decisions", "A".repeat(24));
    assertThat(unknown.status()).isEqualTo(1);
    assertThat(unknown.err()).contains("404", "forgotten", "another gateway");
    assertThat(run("decisions", id, "--follow").status()).isEqualTo(2);
    assertThat(run("decisions", "--reason=wrong-secret").err()).contains("wrong_secret");
  }

  @Test
  void follow_showsEachDecisionOnce_untilItIsInterrupted() throws Exception {
    List<String> expected = new ArrayList<>();
    expected.add(refuse("followed"));
    StringWriter out = new StringWriter();
    Thread follower =
        Thread.ofPlatform()
            .start(
                () ->
                    run(
                        out,
                        new StringWriter(),
                        "decisions",
                        "--follow",
                        "--json",
                        "--client=followed"));
    for (int round = 0; round < 3; round++) {
      String last = expected.getLast();
      DecisionLines.eventually(() -> out.toString().contains(last));
      for (int i = 0; i < 5; i++) {
        expected.add(refuse("followed"));
      }
    }
    DecisionLines.eventually(() -> out.toString().contains(expected.getLast()));
    follower.interrupt();
    assertThat(follower.join(Duration.ofMinutes(1))).isTrue();

    List<String> shown = new ArrayList<>();
    for (String line : out.toString().lines().toList()) {
      shown.add(JSON.readTree(line).path("decision_id").asText());
    }
    assertThat(shown).containsExactlyElementsOf(expected);
  }

  @Test
  void follow_goesOnAfterARestart_andSaysOnceThatItTries() throws Exception {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    TestGateway first = TestGateway.start();
    Thread follower =
        Thread.ofPlatform().start(() -> run(first, out, err, "decisions", "--follow"));
    try (first) {
      String id = refuse(first, "before");
      DecisionLines.eventually(() -> out.toString().contains(id));
    }
    DecisionLines.eventually(() -> err.toString().contains("trying again"));
    try (TestGateway second = TestGateway.start(first.databaseUrl(), _ -> first.settings())) {
      String id = refuse(second, "after");
      DecisionLines.eventually(() -> out.toString().contains(id));
    }
    follower.interrupt();
    assertThat(follower.join(Duration.ofMinutes(1))).isTrue();
    assertThat(out.toString()).containsOnlyOnce("before");
    assertThat(err.toString().lines().filter(line -> line.contains("trying again")).count())
        .isBetween(1L, 2L);
  }

  @Test
  void follow_whenItsRightsEnd_ends() {
    int status =
        run(
            new StringWriter(),
            new StringWriter(),
            "decisions",
            "--follow",
            "--admin-url=" + gateway.managementUri("/nowhere"));
    assertThat(status).isEqualTo(1);
  }

  @Test
  void follow_ofWhichNobodyReads_ends() {
    Writer broken =
        new Writer() {
          @Override
          public void write(char[] text, int offset, int length) throws IOException {
            throw new IOException("Broken pipe");
          }

          @Override
          public void flush() {}

          @Override
          public void close() {}
        };
    run(broken, new StringWriter(), "decisions", "--follow");
  }
}
