package io.postern.revocation;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jwt.SignedJWT;
import io.postern.store.database.Database;
import io.postern.store.database.Transactions;
import io.postern.store.revocation.LinePruning;
import io.postern.testing.Administrator;
import io.postern.testing.ChangedSettings;
import io.postern.testing.DecisionLines;
import io.postern.testing.TestGateway;
import io.postern.testing.TestRegistry;
import io.postern.testing.TokenCall;
import io.postern.testing.Vault;
import io.vertx.core.Vertx;
import java.text.ParseException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What ends tokens, seen at the vault, by gateways whose clocks differ. */
class LinesTest {
  private static TestGateway gateway;
  private static TestRegistry registry;
  private static Administrator admin;

  private TestRegistry.Agent agent;
  private TestRegistry.Hosted key;

  @BeforeAll
  static void start() {
    gateway = TestGateway.start();
    registry = gateway.registry();
    admin = Administrator.of(gateway);
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  @BeforeEach
  void linkAgent() {
    // those of other tests would make the next ones later
    registry.run("delete from not_before_line");
    agent = registry.agent();
    key = registry.apiKey("sk");
    registry.link(agent, key, "obtain");
    registry.awaitIndex();
  }

  private int obtain(TestGateway at, String token) {
    return Vault.obtain(at, token, key.identifier()).statusCode();
  }

  private static long issuedAt(String token) throws ParseException {
    return SignedJWT.parse(token).getJWTClaimsSet().getIssueTime().toInstant().getEpochSecond();
  }

  private void status(String status) {
    assertThat(
            admin
                .send("PATCH", "/agents/" + agent.clientId(), "{\"status\": \"" + status + "\"}")
                .status())
        .isEqualTo(200);
  }

  private static void draw(String kind, String id) {
    registry.run(
        """
        insert into not_before_line (kind, id, not_before, ends_at, revocation_id)
        values (?, ?, not_before_now(), not_before_end(), revocation_id())
        on conflict (line) do update set not_before = excluded.not_before
        """,
        kind,
        id);
    registry.awaitIndex();
  }

  @Test
  void agentThatIsActiveAgain_getsTokensThatCount_andThoseOfBeforeDoNot() throws Exception {
    String before = Vault.token(gateway, agent);
    assertThat(obtain(gateway, before)).isEqualTo(200);
    status("disabled");
    assertThat(obtain(gateway, before)).isEqualTo(401);
    status("active");
    assertThat(obtain(gateway, before)).isEqualTo(401);
    String after = Vault.token(gateway, agent);
    assertThat(obtain(gateway, after)).isEqualTo(200);
    assertThat(issuedAt(after)).isGreaterThan(issuedAt(before));
  }

  @Test
  void agentOfALine_getsATokenThatCounts_inTheVerySecond() throws Exception {
    for (int i = 0; i < 5; i++) {
      String before = Vault.token(gateway, agent);
      draw("client", agent.clientId());
      String after = Vault.token(gateway, agent);
      assertThat(obtain(gateway, before)).isEqualTo(401);
      assertThat(obtain(gateway, after)).isEqualTo(200);
    }
  }

  @Test
  void linesWithoutAPause_endWhatIsIssuedBetween_andMakeTheAgentWaitForSeconds() throws Exception {
    TokenCall call = TokenCall.by(gateway, agent).param("audience", Vault.AUDIENCE);
    TokenCall.Answer answer = call.send();
    while (answer.status() == 200) {
      assertThat(issuedAt(answer.accessToken())).isLessThan(Instant.now().getEpochSecond() + 10);
      assertThat(obtain(gateway, answer.accessToken())).isEqualTo(200);
      draw("client", agent.clientId());
      assertThat(obtain(gateway, answer.accessToken())).isEqualTo(401);
      answer = call.send();
    }
    assertThat(answer.status()).isEqualTo(503);
    assertThat(answer.error()).isEqualTo("temporarily_unavailable");
    assertThat(answer.header("Retry-After")).matches("[1-3]");
    for (int i = 0; i < 20; i++) {
      draw("client", agent.clientId());
    }
    DecisionLines.eventually(() -> call.send().status() == 200);
    assertThat(obtain(gateway, call.send().accessToken())).isEqualTo(200);
  }

  @Test
  void lineOfAToken_endsItAlone() throws Exception {
    String ended = Vault.token(gateway, agent);
    String other = Vault.token(gateway, agent);
    registry.run(
        """
        insert into not_before_line (kind, id, not_before, ends_at, revocation_id)
        values ('token', ?, 'infinity', not_before_end(), revocation_id())
        """,
        SignedJWT.parse(ended).getJWTClaimsSet().getJWTID());
    registry.awaitIndex();
    assertThat(obtain(gateway, ended)).isEqualTo(401);
    assertThat(obtain(gateway, other)).isEqualTo(200);
  }

  @Test
  void lineOfAResource_endsEveryTokenForIt() {
    String before = Vault.token(gateway, agent);
    draw("resource", Vault.AUDIENCE);
    assertThat(obtain(gateway, before)).isEqualTo(401);
    assertThat(obtain(gateway, Vault.token(gateway, agent))).isEqualTo(200);
  }

  @Test
  void linesOfClientAndResource_oneAfterTheOther_endWhatWasIssuedBetween() {
    for (int i = 0; i < 2; i++) {
      draw("client", agent.clientId());
      String afterTheClients = Vault.token(gateway, agent);
      draw("resource", Vault.AUDIENCE);
      String afterTheResources = Vault.token(gateway, agent);
      assertThat(obtain(gateway, afterTheClients)).isEqualTo(401);
      assertThat(obtain(gateway, afterTheResources)).isEqualTo(200);
      draw("client", agent.clientId());
      assertThat(obtain(gateway, afterTheResources)).isEqualTo(401);
    }
  }

  @Test
  void linesOfOthers_keepTheirSecond_howeverManyAreDrawn() {
    List<TestRegistry.Agent> agents = Stream.generate(registry::agent).limit(5).toList();
    agents.forEach(other -> draw("client", other.clientId()));
    assertThat(
            registry.query(
                """
                select id from not_before_line
                 where kind = 'client' and id = any (?) and not_before > updated_at + interval '3 s'
                """,
                (Object) agents.stream().map(TestRegistry.Agent::clientId).toArray(String[]::new)))
        .isEmpty();
  }

  @Test
  void agentThatIsDisabledForAMoment_hasNoTokenOfBefore() {
    draw("client", agent.clientId());
    String before = Vault.token(gateway, agent);
    status("disabled");
    status("active");
    assertThat(obtain(gateway, before)).isEqualTo(401);
    assertThat(obtain(gateway, Vault.token(gateway, agent))).isEqualTo(200);
  }

  @Test
  void clocksThatDifferByFiveSeconds_letNoTokenEscape_andRefuseNoneWithoutCause() {
    Clock ahead = Clock.offset(Clock.systemUTC(), Duration.ofSeconds(5));
    try (TestGateway fast =
        TestGateway.start(gateway.databaseUrl(), ChangedSettings.issuer(gateway.issuer()), ahead)) {
      DecisionLines.eventually(
          () ->
              !registry.query("select host from replica where clock_ahead_seconds > 4").isEmpty());
      // of a second that has not come yet where the line is drawn
      String before = Vault.token(fast, agent);
      draw("client", agent.clientId());
      DecisionLines.eventually(() -> obtain(fast, before) == 401);
      assertThat(obtain(gateway, before)).isEqualTo(401);
      for (TestGateway issuing : new TestGateway[] {gateway, fast}) {
        String after = Vault.token(issuing, agent);
        assertThat(obtain(gateway, after)).isEqualTo(200);
        assertThat(obtain(fast, after)).isEqualTo(200);
      }
    }
  }

  @Test
  void scopeThatIsTakenAway_drawsALineOfThatAgentThere() {
    TestRegistry.Resource service = registry.service("a", "b");
    TestRegistry.Agent other = registry.agent();
    registry.grant(agent, service, "a", "b");
    registry.grant(other, service, "a");
    registry.awaitIndex();
    registry.run("update resource_grant set scopes = '{a}' where client_id = ?", agent.clientId());
    assertThat(registry.query("select line from not_before_line where id = ?", agent.clientId()))
        .containsExactly("client " + agent.clientId() + " " + service.audience());
    assertThat(registry.query("select line from not_before_line where id = ?", other.clientId()))
        .isEmpty();
    registry.run(
        "update resource_grant set scopes = '{a,b}' where client_id = ?", other.clientId());
    assertThat(registry.query("select line from not_before_line where id = ?", other.clientId()))
        .isEmpty();
    registry.run("delete from resource_grant where client_id = ?", other.clientId());
    assertThat(registry.query("select line from not_before_line where id = ?", other.clientId()))
        .hasSize(1);
  }

  @Test
  void deletion_endsEverything_untilTheAudienceIsAnothers() {
    TestRegistry.Resource service = registry.service("a");
    registry.grant(agent, service, "a");
    registry.run("delete from application where id = ?", service.id());
    String line =
        "select not_before::text from not_before_line where line = 'resource " + service.audience();
    assertThat(registry.query(line + "'")).containsExactly("infinity");
    assertThat(registry.query("select line from not_before_line where id = ?", agent.clientId()))
        .isEmpty();
    registry.serviceOf(service.audience(), "a");
    assertThat(registry.query(line + "'")).doesNotContain("infinity").hasSize(1);
    registry.run("delete from application where id = ?", agent.clientId());
    assertThat(
            registry.query(
                "select not_before::text from not_before_line where line = 'client ' || ?",
                agent.clientId()))
        .containsExactly("infinity");
  }

  @Test
  void laterLine_stays() {
    draw("client", agent.clientId());
    String line = "select not_before::text from not_before_line where id = ?";
    String first = registry.query(line, agent.clientId()).getFirst();
    registry.run(
        "update not_before_line set not_before = '2020-01-01' where id = ?", agent.clientId());
    assertThat(registry.query(line, agent.clientId())).containsExactly(first);
  }

  @Test
  void administratorsToken_isEndedToo() {
    TestRegistry.Agent administrator = registry.agent();
    registry.run(
        """
        insert into resource_grant (client_id, resource_id, scopes)
        values (?, 'postern-admin-api', '{admin:read}')
        """,
        administrator.clientId());
    registry.awaitIndex();
    String token =
        TokenCall.by(gateway, administrator)
            .param("audience", "urn:postern:admin")
            .send()
            .accessToken();
    assertThat(Administrator.with(gateway, token).get("/license").status()).isEqualTo(200);
    draw("client", administrator.clientId());
    assertThat(Administrator.with(gateway, token).get("/license").status()).isEqualTo(401);
  }

  @Test
  void lineThatNoTokenIsAsOldAs_isDropped() {
    draw("client", "young-one");
    registry.run(
        """
        insert into not_before_line (kind, id, not_before, ends_at, revocation_id)
        values ('client', 'old-one', now() - interval '2 days', now() - interval '1 s', 'rev_old')
        """);
    Vertx vertx = Vertx.vertx();
    try {
      Transactions transactions =
          new Transactions(Database.parse(gateway.databaseUrl()).pool(vertx));
      assertThat(new LinePruning(transactions).run()).isEqualTo(1);
    } finally {
      vertx.close().await();
    }
    assertThat(
            registry.query("select id from not_before_line where id in ('old-one', 'young-one')"))
        .containsExactly("young-one");
  }
}
