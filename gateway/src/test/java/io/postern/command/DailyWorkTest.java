package io.postern.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import io.postern.store.FirstStart;
import io.postern.testing.TestGateway;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The commands of daily work, as typed, against a running gateway. */
class DailyWorkTest {
  private static final JsonMapper JSON = new JsonMapper();
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
    return run(
        Map.of(
            "POSTERN_CLIENT_ID", FirstStart.ADMINISTRATOR,
            "POSTERN_CLIENT_SECRET", TestGateway.ADMIN_SECRET),
        args);
  }

  private static Result run(Map<String, String> identity, String... args) {
    Map<String, String> environment = new HashMap<>(identity);
    environment.put("POSTERN_ADMIN_URL", gateway.managementUri("/admin/v1").toString());
    environment.put("POSTERN_ISSUER", gateway.issuer());
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine command = Postern.commandLine(environment);
    command.setOut(new PrintWriter(out, true));
    command.setErr(new PrintWriter(err, true));
    return new Result(command.execute(args), out.toString(), err.toString());
  }

  private static JsonNode json(String... args) throws Exception {
    String[] all = Arrays.copyOf(args, args.length + 1);
    all[args.length] = "--json";
    Result result = run(all);
    assertThat(result.err()).isEmpty();
    assertThat(result.status()).isZero();
    return JSON.readTree(result.out());
  }

  @Test
  void tokens_areEnded_andItIsSaidThatThereMayBeNewOnes() throws Exception {
    json("agent", "create", "Broken into", "--id=broken-into");
    Result foreseen = run("revoke", "agent", "broken-into", "--dry-run");
    assertThat(foreseen.out()).contains("disabled: false", "affected.live_tokens: 0");
    assertThat(run("revocations").out()).doesNotContain("broken-into");

    Result ended = run("revoke", "agent", "broken-into", "--reason=a test");
    assertThat(ended.out()).contains("reason: a test", "not_before: 20");
    assertThat(ended.err()).contains("--disable").hasLineCount(1);
    Result disabled = run("revoke", "agent", "broken-into", "--disable");
    assertThat(disabled.out()).contains("disabled: true");
    assertThat(disabled.err()).isEmpty();
    assertThat(run("explain", "broken-into").out()).startsWith("Refused: ");

    assertThat(json("revoke", "token", "a-jti").path("kind").asText()).isEqualTo("token");
    assertThat(run("revocations").out()).contains("broken-into", "a-jti");
    Result unknown = run("revoke", "agent", "nobody");
    assertThat(unknown.status()).isEqualTo(1);
    assertThat(unknown.err()).contains("there is no such agent");
  }

  @Test
  void fromAgentToToken() throws Exception {
    String service = "https://crm.example.com";
    JsonNode created =
        json("service", "create", "CRM", service, "--scope=read,write", "--scope=delete");
    assertThat(created.path("scopes")).hasSize(3);
    String agent = json("agent", "create", "Clerk", "--id=clerk-1").path("client_id").asText();
    assertThat(agent).isEqualTo("clerk-1");
    String secret = json("agent", "secret", "add", agent).path("client_secret").asText();
    json("grant", "set", agent, service, "read", "write");

    assertThat(run("explain", agent, "--audience", service, "--scope=read delete other").out())
        .startsWith("Issued: a token for " + service + " with scope \"read\"")
        .containsPattern("delete +not_granted")
        .containsPattern("other +unknown_scope");

    Map<String, String> clerk = Map.of("POSTERN_CLIENT_ID", agent, "POSTERN_CLIENT_SECRET", secret);
    Result token = run(clerk, "token", "--scope=read");
    assertThat(token.out())
        .contains("header.alg: ES256", "claims.aud: " + service, "claims.scope: read")
        .doesNotContain(secret);
    assertThat(run(clerk, "token", "--raw").out().strip().split("\\.")).hasSize(3);
    assertThat(JSON.readTree(run(clerk, "token", "--json").out()).path("expires_in").asInt())
        .isEqualTo(900);

    run("agent", "disable", agent);
    Result refused = run(clerk, "token");
    assertThat(refused.status()).isEqualTo(1);
    assertThat(refused.err()).contains("invalid_client").hasLineCount(1);
    assertThat(run("explain", agent).out()).startsWith("Refused: ");
    assertThat(run("agent", "list", "--status=disabled").out()).contains(agent);
    run("agent", "enable", agent);
    assertThat(run(clerk, "token").status()).isZero();
  }

  @Test
  void showAndList_haveTablesForPeople() throws Exception {
    run("service", "create", "Billing", "https://billing.example.com", "--scope=pay");
    run("agent", "create", "Payer", "--id=payer");
    run("agent", "secret", "add", "payer", "--description=for the night");
    run("grant", "set", "payer", "https://billing.example.com", "pay");

    assertThat(run("agent", "list", "--name=Payer").out())
        .matches("(?s)CLIENT_ID +NAME +STATUS +AUDIENCE +CREATED_AT\npayer +Payer +active .*");
    assertThat(run("agent", "show", "payer").out())
        .contains("name: Payer", "permission.scope: agent.access", "for the night")
        .containsPattern("https://billing.example.com +pay");
    assertThat(json("agent", "show", "payer").path("grants").path(0).path("scopes").path(0))
        .hasToString("\"pay\"");
    assertThat(run("service", "list").out())
        .containsPattern("Billing +https://billing.example.com +pay");
    assertThat(run("grant", "list", "payer").out()).contains("https://billing.example.com");
    assertThat(run("agent", "secret", "list", "payer").out()).contains("for the night");
  }

  private Path file(String content) throws Exception {
    return Files.writeString(Files.createTempFile(directory, "value", ".txt"), content);
  }

  @Test
  void credentialIsHosted_linked_andExplained() throws Exception {
    json("agent", "create", "Caller", "--id=caller");
    run("agent", "secret", "add", "caller");
    String key = "sk-typed-nowhere";
    JsonNode added =
        json(
            "credential",
            "add",
            "claude",
            "Claude",
            "--type=llm",
            "--base-url=https://api.anthropic.com",
            "--header=x-api-key",
            "--allow=POST /v1/messages",
            "--value-file=" + file(key + "\n"));
    assertThat(added.toString()).doesNotContain(key);
    assertThat(added.at("/target/prefix").asText("-")).isEmpty();
    assertThat(added.at("/target/allow/0/methods/0").asText()).isEqualTo("POST");
    assertThat(run("explain", "caller", "--credential=claude").out())
        .startsWith("Refused: ")
        .contains("Obtain: refused, not_linked (the agent is told not-found: ");

    assertThat(run("link", "set", "caller", "claude", "relay").status()).isZero();
    assertThat(run("explain", "caller", "--credential=claude").out())
        .startsWith("Issued: a token for urn:postern:vault with scope \"credential:relay\"")
        .contains("Obtain: refused, access_not_linked", "Relay: permitted");
    assertThat(run("link", "list", "caller").out()).containsPattern("claude +Claude +llm +relay");
    assertThat(run("credential", "show", "claude").out())
        .contains("target.base_url: https://api.anthropic.com")
        .containsPattern("caller +Caller +relay");
    assertThat(run("agent", "show", "caller").out()).containsPattern("claude +Claude +relay");
    assertThat(run("credential", "list", "--type=llm").out())
        .containsPattern("claude +Claude +llm +api_key");
    assertThat(run("credential", "usage", "claude", "--from=2026-01-01").out())
        .startsWith("DAY  CLIENT_ID");

    JsonNode inQuery = json("credential", "set", "claude", "--query-parameter=key");
    assertThat(inQuery.at("/target/header").isNull()).isTrue();
    JsonNode open = json("credential", "set", "claude", "--no=target.allow");
    assertThat(open.at("/target/allow").isNull()).isTrue();
    assertThat(run("credential", "set", "claude").status()).isEqualTo(1);
    JsonNode replaced =
        json(
            "credential",
            "value",
            "set",
            "claude",
            "--value-file=" + file("sk-2"),
            "--keep-former-until=2999-01-01T00:00:00Z");
    assertThat(replaced.path("values")).hasSize(2);
    String newest = replaced.at("/values/1/value_id").asText();
    assertThat(run("credential", "value", "delete", "claude", newest).out())
        .contains("Deleted value " + newest + " of claude");
    assertThat(json("credential", "value", "list", "claude")).hasSize(1);

    assertThat(run("link", "delete", "caller", "claude").out())
        .contains("Deleted the link of caller to claude");
    assertThat(run("credential", "delete", "claude").status()).isZero();
  }

  @Test
  void oauthClient_isHosted_withASecretOrAKeyPair() throws Exception {
    String[] client = {
      "credential",
      "add",
      "crm",
      "--type=external_service",
      "--provider-client-id=c",
      "--token-endpoint=https://login.example.com/token"
    };
    String[] withSecret = Arrays.copyOf(client, client.length + 1);
    withSecret[client.length] = "--value-file=" + file("s-1");
    assertThat(json(withSecret).path("kind").asText()).isEqualTo("oauth_client");
    String[] withKeys = Arrays.copyOf(client, client.length + 1);
    withKeys[2] = "crm-2";
    withKeys[client.length] = "--auth-method=private_key_jwt";
    String kid = json(withKeys).at("/oauth_client/public_jwk/kid").asText();
    assertThat(
            json("credential", "value", "set", "crm-2").at("/oauth_client/public_jwk/kid").asText())
        .isNotEmpty()
        .isNotEqualTo(kid);
  }

  @Test
  void value_isNeverAnArgument() {
    Result argument = run("credential", "add", "k", "--type=llm", "--value=sk");
    assertThat(argument.status()).isEqualTo(2);
    Result nowhere = run("credential", "add", "k", "--type=llm");
    assertThat(nowhere.status()).isEqualTo(1);
    assertThat(nowhere.err()).contains("--value-file").hasLineCount(1);
    assertThat(run("credential", "add", "--help").out().replaceAll("\\s+", " "))
        .contains("--value-file", "- for standard input", "it is asked for, unseen");
  }

  @Test
  void whatIsDeleted_isGone() throws Exception {
    String audience = "https://old.example.com";
    json("service", "create", "Old", audience, "--scope=a");
    run("service", "add-scope", audience, "b", "--name=The other");
    json("agent", "create", "Leaver", "--id=leaver");
    String secret = json("agent", "secret", "add", "leaver").path("secret_id").asText();
    json("grant", "set", "leaver", audience, "a", "b");

    assertThat(run("service", "delete-scope", audience, "a").status()).isZero();
    assertThat(json("grant", "list", "leaver").path(0).path("scopes")).hasSize(1);
    assertThat(run("grant", "delete", "leaver", audience).status()).isZero();
    assertThat(json("grant", "list", "leaver")).isEmpty();
    assertThat(run("agent", "secret", "delete", "leaver", secret).status()).isZero();
    assertThat(json("agent", "secret", "list", "leaver")).isEmpty();
    assertThat(run("service", "delete", audience).status()).isZero();
    assertThat(run("agent", "delete", "leaver").status()).isZero();
    Result gone = run("agent", "show", "leaver");
    assertThat(gone.status()).isEqualTo(1);
    assertThat(gone.err()).contains("404");
  }

  @Test
  void publicKey_isRegistered_aPrivateOneNotEvenSent() throws Exception {
    ECKey key = new ECKeyGenerator(Curve.P_256).keyID("laptop").generate();
    json("agent", "create", "Signer", "--id=signer");
    Path good = Files.writeString(directory.resolve("public.jwk"), key.toPublicJWK().toString());
    assertThat(json("agent", "key", "add", "signer", good.toString()).path("kid").asText())
        .isEqualTo("laptop");
    assertThat(run("agent", "key", "list", "signer").out()).contains("laptop");

    Path bad = Files.writeString(directory.resolve("private.jwk"), key.toJSONString());
    Result refused = run("agent", "key", "add", "signer", bad.toString(), "--kid=other");
    assertThat(refused.status()).isEqualTo(1);
    // the command's own words: the gateway knows no file
    assertThat(refused.err())
        .contains(bad + " holds a private key")
        .doesNotContain(key.getD().toString());
    assertThat(run("agent", "key", "delete", "signer", "laptop").status()).isZero();
  }

  /** Whatever the gateway would know as one, and all that nobody knows for a public key. */
  @Test
  void privateKey_inAnyForm_isNotSent() throws Exception {
    ECKey key = new ECKeyGenerator(Curve.P_256).generate();
    byte[] pkcs8 = key.toPrivateKey().getEncoded();
    byte[] sec1 =
        PrivateKeyInfo.getInstance(pkcs8).parsePrivateKey().toASN1Primitive().getEncoded();
    String base64 = Base64.getEncoder().encodeToString(pkcs8);
    String pem = "-----BEGIN PRIVATE KEY-----\n" + base64 + "\n-----END PRIVATE KEY-----\n";
    for (String form :
        List.of(
            pem,
            base64,
            Base64.getUrlEncoder().encodeToString(pkcs8),
            Base64.getMimeEncoder().encodeToString(sec1),
            Base64.getEncoder().encodeToString(pem.getBytes(StandardCharsets.US_ASCII)),
            base64.substring(0, 80),
            "-----BEGIN KEY-----\n" + base64 + "\n-----END KEY-----\n",
            "PuTTY-User-Key-File-3: ecdsa-sha2-nistp256\nPrivate-Lines: 1\n" + base64,
            "[" + key.toJSONString() + "]",
            "{\"keys\": [" + key.toPublicJWK() + ", " + key.toJSONString() + "]}",
            "{\"kty\": \"oct\", \"k\": \"" + base64 + "\"}",
            "{\"client\": {\"private_key\": \"" + pem.replace("\n", "\\n") + "\"}}")) {
      Path file = Files.writeString(directory.resolve("form"), form);
      // an agent that is not there: whatever is sent gets a 404
      Result refused = run("agent", "key", "add", "nobody", file.toString());
      assertThat(refused.err()).as(form).startsWith("postern: " + file + " ");
      assertThat(
              refused.err().substring(refused.err().indexOf(file + " ") + file.toString().length()))
          .as(form)
          .doesNotContain("404");
      assertThat(refused.status()).isEqualTo(1);
    }
  }

  @Test
  void publicKey_inAnyForm_isSent() throws Exception {
    ECKey key = new ECKeyGenerator(Curve.P_256).generate();
    json("agent", "create", "Many forms", "--id=forms");
    String base64 = Base64.getEncoder().encodeToString(key.toPublicKey().getEncoded());
    Path file = Files.writeString(directory.resolve("bare"), base64);
    assertThat(json("agent", "key", "add", "forms", file.toString()).path("thumbprint").asText())
        .isEqualTo(key.computeThumbprint().toString());
    Path set =
        Files.writeString(directory.resolve("set"), "{\"keys\": [" + key.toPublicJWK() + "]}");
    assertThat(run("agent", "key", "add", "forms", set.toString()).err()).contains("409");
  }

  /** A thumbprint, which a kid is by default, may begin with a hyphen. */
  @Test
  void kid_thatBeginsWithAHyphen_standsAfterTwo() throws Exception {
    ECKey key = new ECKeyGenerator(Curve.P_256).generate();
    Path file = Files.writeString(directory.resolve("hyphen"), key.toPublicJWK().toString());
    json("agent", "create", "Hyphen", "--id=hyphen");
    json("agent", "key", "add", "hyphen", file.toString(), "--kid=-jX");

    Result refused = run("agent", "key", "delete", "hyphen", "-jX");
    assertThat(refused.status()).isEqualTo(2);
    assertThat(refused.err()).contains("-jX").contains("--").hasLineCount(1);
    assertThat(run("agent", "key", "delete", "--help").out()).contains("-- ");
    assertThat(run("agent", "key", "delete", "hyphen", "--", "-jX").status()).isZero();
  }

  @Test
  void signingKeys_areListedAndRotated() throws Exception {
    assertThat(run("keys", "list").out()).contains("ES256", "active");
    JsonNode rotated = json("keys", "rotate", "--alg=RS256");
    assertThat(rotated.path(0).path("alg").asText()).isEqualTo("RS256");
    assertThat(rotated.path(0).path("state").asText()).isEqualTo("pending");
  }

  @Test
  void faults_areToldInOneBlock() {
    Result refused = run("service", "create", "", "not|fit", "--signing-alg=HS256");
    assertThat(refused.status()).isEqualTo(1);
    assertThat(refused.err()).contains("/name", "/audience", "/signing_alg");
    assertThat(refused.out()).isEmpty();
    assertThat(run("agent", "create").status()).isEqualTo(2);
    assertThat(run("agent").out()).contains("create", "secret", "disable");
  }

  @Test
  void completion_knowsTheCommands() {
    assertThat(run("completion").out()).contains("complete -F", "explain", "delete-scope");
  }
}
