package io.postern.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.postern.store.FirstStart;
import io.postern.testing.TestGateway;
import io.postern.testing.TestRegistry;
import io.postern.testing.TokenCall;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** {@code postern apply} and {@code postern export}, as typed, against a running gateway. */
class TopologyCommandsTest {
  private static final JsonMapper JSON = new JsonMapper();
  private static final String NO_CHANGES = "No changes. The registry is as the topology says.\n";
  private static TestGateway gateway;

  @TempDir private Path directory;

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
    return run(Map.of(), args);
  }

  private static Result run(Map<String, String> variables, String... args) {
    Map<String, String> environment = new HashMap<>(variables);
    environment.put("POSTERN_CLIENT_ID", FirstStart.ADMINISTRATOR);
    environment.put("POSTERN_CLIENT_SECRET", TestGateway.ADMIN_SECRET);
    environment.put("POSTERN_ADMIN_URL", gateway.managementUri("/admin/v1").toString());
    environment.put("POSTERN_ISSUER", gateway.issuer());
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine command = Postern.commandLine(environment);
    command.setOut(new PrintWriter(out, true));
    command.setErr(new PrintWriter(err, true));
    return new Result(command.execute(args), out.toString(), err.toString());
  }

  private String write(String name, String content) throws Exception {
    return Files.writeString(directory.resolve(name), content).toString();
  }

  @Test
  void privateKeys_doNotLeaveTheMachine() throws Exception {
    String file =
        write(
            "keys.yaml",
            """
            agents:
              - client_id: apply-jwk
                name: Jwk
                keys:
                  - jwk: {kty: OKP, crv: Ed25519, x: abc, d: secret-of-the-jwk}
              - client_id: apply-pem
                name: Pem
                keys:
                  - pem: |
                      -----BEGIN PRIVATE KEY-----
                      secret-of-the-pem
                      -----END PRIVATE KEY-----
              - client_id: apply-misspelt
                name: Misspelt
                keys:
                  - pen: "-----BEGIN EC PRIVATE KEY-----secret-of-the-pen"
            """);
    Result result = run("apply", "-f", file);
    assertThat(result.status()).isEqualTo(1);
    assertThat(result.err())
        .startsWith("postern: nothing was sent:")
        .contains("/agents/0 holds a private key", "/agents/1 ", "/agents/2 ")
        .doesNotContain("secret-of");
  }

  @Test
  void example_isPlannedAppliedAndExported() throws Exception {
    String example = "../deploy/examples/topology.yaml";
    Result plan = run("apply", "-f", example, "--dry-run", "--detailed-exitcode");
    assertThat(plan.err()).isEmpty();
    assertThat(plan.status()).isEqualTo(3);
    assertThat(plan.out())
        .contains(
            "+ service https://billing.example.com\n    name: \"Billing\"\n",
            "+ scope invoices.read of https://billing.example.com\n",
            "+ key 2026-01 of invoice-clerk\n",
            "+ grant customer-scout -> https://crm.example.com\n    scopes: [\"customers.read\"]\n",
            "Plan: 11 to create, 0 to change, 0 to delete.\n")
        .doesNotContain("\033");
    assertThat(run("apply", "-f", example).out())
        .endsWith("Done: 11 created, 0 changed, 0 deleted.\n");
    Result again = run("apply", "-f", example, "--detailed-exitcode");
    assertThat(again.out()).isEqualTo(NO_CHANGES);
    assertThat(again.status()).isZero();

    // the answer has waited until tokens go by it
    TestRegistry.Agent clerk =
        new TestRegistry.Agent("invoice-clerk", gateway.registry().secret("invoice-clerk"));
    gateway.registry().awaitIndex();
    assertThat(
            TokenCall.to(gateway)
                .basic(clerk.clientId(), clerk.secret())
                .clientCredentials()
                .param("audience", "https://billing.example.com")
                .send()
                .scope())
        .isEqualTo("invoices.pay invoices.read");

    Path exported = directory.resolve("all.yaml");
    assertThat(run("export", "-o", exported.toString()).status()).isZero();
    assertThat(Files.readString(exported))
        .contains("- client_id: invoice-clerk\n")
        .doesNotContain("secret", FirstStart.ADMINISTRATOR, clerk.secret());
    assertThat(run("apply", "-f", exported.toString(), "--prune").out()).isEqualTo(NO_CHANGES);
    assertThat(run("export").out()).isEqualTo(Files.readString(exported));
    assertThat(JSON.readTree(run("export", "--json").out()).path("agents").size()).isPositive();
  }

  @Test
  void prune_deletesOnlyWhenConfirmed() throws Exception {
    String two = write("two.yaml", agent("prune-a", "A") + agent("prune-b", "B").substring(8));
    String one = write("one.yaml", agent("prune-a", "AA"));
    run("apply", "-f", two);
    Result asked = run("apply", "-f", one, "--prune");
    assertThat(asked.status()).isEqualTo(1);
    assertThat(asked.err())
        .contains("- agent prune-b\n", "postern: nothing was changed: to delete, give --yes");
    assertThat(run("agent", "show", "prune-b").status()).isZero();

    Result pruned = run("apply", "-f", one, "--prune", "--yes");
    assertThat(pruned.out())
        .contains("~ agent prune-a\n    name: \"A\" -> \"AA\"\n", "- agent prune-b");
    assertThat(run("agent", "show", "prune-b").status()).isEqualTo(1);
  }

  @Test
  void prune_whosePlanDeletesNothing_isOfWhatThePlanSaw() throws Exception {
    String topology = write("all.yaml", agent("planned", "P"));
    run("apply", "-f", topology, "--prune", "--yes");
    List<String> calls = new ArrayList<>();
    HttpServer between =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    between.createContext("/", exchange -> passOn(exchange, calls));
    between.start();
    try {
      Result result =
          run(
              "apply",
              "-f",
              topology,
              "--prune",
              "--admin-url=http://127.0.0.1:" + between.getAddress().getPort() + "/admin/v1");
      assertThat(calls).as(result.err()).hasSize(2);
      assertThat(result.status()).isEqualTo(1);
      assertThat(result.err()).contains("412");
    } finally {
      between.stop(0);
    }
    assertThat(run("agent", "show", "meanwhile").status()).isZero();
  }

  /** Passes a request on; after the first answer somebody makes another agent. */
  private static void passOn(HttpExchange exchange, List<String> calls) throws IOException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(gateway.managementUri(exchange.getRequestURI().toString()))
            .method(
                exchange.getRequestMethod(),
                HttpRequest.BodyPublishers.ofByteArray(exchange.getRequestBody().readAllBytes()));
    for (String name : List.of("Authorization", "Content-Type", "Accept", "If-Match")) {
      List<String> values = exchange.getRequestHeaders().get(name);
      if (values != null) {
        request.header(name, values.getFirst());
      }
    }
    HttpResponse<String> answer = gateway.send(request.build());
    calls.add(exchange.getRequestURI().toString());
    if (calls.size() == 1) {
      assertThat(run("agent", "create", "Meanwhile", "--id=meanwhile").status()).isZero();
    }
    answer
        .headers()
        .firstValue("Content-Type")
        .ifPresent(type -> exchange.getResponseHeaders().set("Content-Type", type));
    byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(answer.statusCode(), body.length == 0 ? -1 : body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  @Test
  void prune_byWhatNamesNothing_wantsToBeMeant() throws Exception {
    run("apply", "-f", write("kept.yaml", agent("kept", "K")));
    String none = write("none-named.yaml", "# all of it is gone\n");
    Result refused = run("apply", "-f", none, "--prune", "--yes");
    assertThat(refused.status()).isEqualTo(1);
    assertThat(refused.err())
        .contains(
            "nothing was changed",
            none + " names no service, agent or credential",
            "--allow-empty");
    assertThat(run("agent", "show", "kept").status()).isZero();
    assertThat(run("apply", "-f", none).out()).isEqualTo(NO_CHANGES);

    assertThat(run("apply", "-f", none, "--prune", "--yes", "--allow-empty").out())
        .contains("- agent kept\n");
  }

  @Test
  void alias_grantsWhatItsAnchorMarks() throws Exception {
    String granted =
        write(
            "alias.yaml",
            """
            services:
              - {audience: "https://alias.example.com", name: A, scopes: [{value: v}, {value: w}]}
            agents:
              - client_id: alias-1
                name: One
                grants: [{audience: "https://alias.example.com", scopes: &both [v, w]}]
              - client_id: alias-2
                name: Two
                grants: [{audience: "https://alias.example.com", scopes: *both}]
            """);
    assertThat(run("apply", "-f", granted).status()).isZero();
    assertThat(run("grant", "list", "alias-2").out()).contains("v w");
  }

  @Test
  void hostedCredential_isMadeFromAVariable_andItsValueShownNowhere() throws Exception {
    String file =
        write(
            "hosted.yaml",
            """
            credentials:
              - identifier: apply-llm
                name: LLM
                business_type: llm
                value_from: {env: MY_KEY}
            agents:
              - client_id: apply-bot
                name: Bot
                credentials: [{identifier: apply-llm, access: [obtain]}]
            """);
    Result unset = run("apply", "-f", file);
    assertThat(unset.status()).isEqualTo(1);
    assertThat(unset.err())
        .contains("nothing was sent", file + ", credential apply-llm: the variable MY_KEY is not");

    Map<String, String> first = Map.of("MY_KEY", "sk-apply-first");
    Result plan = run(first, "apply", "-f", file, "--dry-run");
    assertThat(plan.err()).isEmpty();
    assertThat(plan.out())
        .contains("+ credential apply-llm\n", "    value: given, not shown\n")
        .contains("+ link apply-bot -> apply-llm\n    access: [\"obtain\"]\n")
        .doesNotContain("sk-apply");
    assertThat(run(first, "apply", "-f", file, "--json").out()).doesNotContain("sk-apply");
    assertThat(run(first, "apply", "-f", file).out()).isEqualTo(NO_CHANGES);
    assertThat(obtained("apply-bot", "apply-llm")).isEqualTo("sk-apply-first");

    Result changed = run(Map.of("MY_KEY", "sk-apply-second"), "apply", "-f", file);
    assertThat(changed.out())
        .startsWith("~ credential apply-llm\n    value: another one, not shown\n")
        .doesNotContain("sk-apply");
    assertThat(obtained("apply-bot", "apply-llm")).isEqualTo("sk-apply-second");

    // the export names a variable, and where that is not set, the value stays
    Path exported = directory.resolve("hosted-all.yaml");
    assertThat(run("export", "-o", exported.toString()).status()).isZero();
    assertThat(Files.readString(exported))
        .contains("env: HOSTED_APPLY_LLM\n", "optional: true\n")
        .doesNotContain("sk-apply");
    Result again = run("apply", "-f", exported.toString(), "--prune");
    assertThat(again.out()).isEqualTo(NO_CHANGES);
    assertThat(again.err())
        .contains("the variable HOSTED_APPLY_LLM is not set; it keeps the value that it has");
    assertThat(
            run(
                    Map.of("HOSTED_APPLY_LLM", "sk-apply-third"),
                    "apply",
                    "-f",
                    exported.toString(),
                    "--dry-run")
                .out())
        .startsWith("~ credential apply-llm\n    value: another one, not shown\n");

    Result pruned =
        run(
            "apply",
            "-f",
            write("no-hosted.yaml", "credentials: []\n" + agent("apply-bot", "Bot")),
            "--prune",
            "--dry-run");
    assertThat(pruned.out())
        .contains("- credential apply-llm\n", "- link apply-bot -> apply-llm\n");
  }

  @Test
  void exampleOfHostedCredentials_isPlanned() {
    Result plan =
        run(
            Map.of("LLM_API_KEY", "sk-example"),
            "apply",
            "-f",
            "../deploy/examples/hosted-credentials.yaml",
            "--dry-run");
    assertThat(plan.err()).isEmpty();
    assertThat(plan.out()).endsWith("Plan: 5 to create, 0 to change, 0 to delete.\n");
  }

  private static String obtained(String clientId, String identifier) throws Exception {
    TestRegistry.Agent agent =
        new TestRegistry.Agent(clientId, gateway.registry().secret(clientId));
    String token =
        TokenCall.by(gateway, agent).param("audience", "urn:postern:vault").send().accessToken();
    HttpRequest request =
        HttpRequest.newBuilder(gateway.publicUri("/vault/v1/credentials/" + identifier))
            .header("Authorization", "Bearer " + token)
            .build();
    return JSON.readTree(gateway.send(request).body()).path("value").asText();
  }

  @Test
  void json_isForScripts() throws Exception {
    Result result =
        run(
            "apply",
            "-f",
            write("j.json", "{\"agents\": [{\"client_id\": \"jay\", \"name\": \"J\"}]}"),
            "--json");
    JsonNode json = JSON.readTree(result.out());
    assertThat(json.at("/changes/0/client_id").asText()).isEqualTo("jay");
    assertThat(json.at("/summary/create").asInt()).isEqualTo(1);
  }

  @Test
  void faults_areToldByFileAndPlace() throws Exception {
    Files.createDirectory(directory.resolve("faulty"));
    write("faulty/a.yaml", agent("fault-a", "A"));
    write("faulty/b.yml", agent("fault-b", "B") + "    status: asleep\n    colour: red\n");
    Result result = run("apply", "-f", directory.resolve("faulty").toString());
    assertThat(result.status()).isEqualTo(1);
    assertThat(result.err())
        .startsWith("postern: Invalid content (422): ")
        .contains(
            "\n  " + directory.resolve("faulty/b.yml") + " /agents/0/status: must be one of",
            "\n  " + directory.resolve("faulty/b.yml") + " /agents/0/colour: is unknown");
    assertThat(run("agent", "show", "fault-a").status()).isEqualTo(1);

    assertThat(run("apply", "-f", write("bad.yaml", "agents: [\n  {a: b\n")).err())
        .contains("bad.yaml, line 3: this is not YAML: ");
    assertThat(run("apply", "-f", write("twice.yaml", "agents: []\nagents: []\n")).status())
        .isEqualTo(1);
    assertThat(run("apply", "-f", "none.yaml").err())
        .contains("none.yaml cannot be read: there is no such file");
    assertThat(run("apply").status()).isEqualTo(2);
  }

  @Test
  void textsThatYamlMightTakeForOthers_comeBack() throws Exception {
    ObjectNode document = JSON.createObjectNode();
    List<String> names =
        List.of(
            "yes",
            "null",
            "~",
            "1.0",
            "007",
            " a ",
            "# x",
            "a: b",
            "- a",
            "é\"'\\",
            "{}",
            "&a *b",
            "2030-01-01",
            "|@red|");
    for (int i = 0; i < names.size(); i++) {
      document
          .withArray("agents")
          .addObject()
          .put("client_id", "text-" + i)
          .put("name", names.get(i));
    }
    run("apply", "-f", write("texts.json", document.toString()));
    Path exported = directory.resolve("texts.yaml");
    run("export", "-o", exported.toString());
    assertThat(run("apply", "-f", exported.toString()).out()).isEqualTo(NO_CHANGES);
    for (int i = 0; i < names.size(); i++) {
      assertThat(
              JSON.readTree(run("agent", "show", "text-" + i, "--json").out())
                  .path("name")
                  .asText())
          .isEqualTo(names.get(i));
    }
  }

  private static String agent(String clientId, String name) {
    return "agents:\n  - client_id: " + clientId + "\n    name: " + name + "\n";
  }
}
