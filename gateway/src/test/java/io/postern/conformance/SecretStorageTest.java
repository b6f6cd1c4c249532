package io.postern.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.core.AppenderBase;
import io.postern.jose.SignatureAlgorithm;
import io.postern.store.FirstStart;
import io.postern.testing.ByteConnection;
import io.postern.testing.TestAssertion;
import io.postern.testing.TestGateway;
import io.postern.testing.TestKey;
import io.postern.testing.TestPostgres;
import io.postern.testing.TestRegistry;
import io.postern.testing.TokenCall;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** RFC 6749 §10.1, §10.3: where secrets and tokens must not turn up. */
class SecretStorageTest {
  private static final List<String> TRACED = List.of("io.postern", "io.vertx");

  /** All that is logged, as text. */
  private static final class Capture extends AppenderBase<ILoggingEvent> {
    private final Queue<String> lines = new ConcurrentLinkedQueue<>();

    @Override
    protected void append(ILoggingEvent event) {
      lines.add(event.getLoggerName() + " " + event.getFormattedMessage());
      for (IThrowableProxy t = event.getThrowableProxy(); t != null; t = t.getCause()) {
        lines.add(t.getClassName() + " " + t.getMessage());
      }
    }
  }

  private static final Capture CAPTURE = new Capture();
  private static String database;
  private static TestGateway gateway;
  private static TestRegistry registry;
  private static TestRegistry.Agent agent;

  @BeforeAll
  static void start() {
    CAPTURE.start();
    for (String name : TRACED) {
      logger(name).setLevel(Level.TRACE);
      // captured only: the console would be flooded
      logger(name).setAdditive(false);
      logger(name).addAppender(CAPTURE);
    }
    database = TestPostgres.newDatabase();
    gateway = TestGateway.start(database, settings -> settings);
    registry = gateway.registry();
    agent = registry.agent();
    registry.grant(agent, registry.service("read"), "read");
  }

  @AfterAll
  static void stop() {
    gateway.close();
    for (String name : TRACED) {
      logger(name).detachAppender(CAPTURE);
      logger(name).setAdditive(true);
      logger(name).setLevel(null);
    }
  }

  private static Logger logger(String name) {
    return (Logger) LoggerFactory.getLogger(name);
  }

  @Nested
  @DisplayName("In the database")
  class InTheDatabase {
    @Test
    void secret_isStoredAsAKeyedHashOf32Bytes() throws Exception {
      List<String> hashes =
          registry.query(
              "select encode(hash, 'hex') from client_secret where client_id in (?, ?)",
              agent.clientId(),
              FirstStart.ADMINISTRATOR);
      MessageDigest sha256 = MessageDigest.getInstance("SHA-256");

      assertThat(hashes).hasSize(2).allMatch(hash -> hash.length() == 2 * 32);
      for (String secret : List.of(agent.secret(), TestGateway.ADMIN_SECRET)) {
        byte[] unkeyed = sha256.digest(secret.getBytes(StandardCharsets.UTF_8));
        assertThat(hashes).doesNotContain(HexFormat.of().formatHex(unkeyed));
      }
    }

    // every column of every table, as PostgreSQL writes a row; bytes appear as hexadecimal digits
    @Test
    void secretAndMasterKey_areInNoTable() {
      byte[] masterKey = Base64.getDecoder().decode(TestGateway.MASTER_KEY);
      List<String> traces = new ArrayList<>();
      for (String secret :
          List.of(agent.secret(), TestGateway.ADMIN_SECRET, TestGateway.MASTER_KEY)) {
        traces.add(secret);
        traces.add(HexFormat.of().formatHex(secret.getBytes(StandardCharsets.UTF_8)));
      }
      traces.add(HexFormat.of().formatHex(masterKey));
      List<String> tables =
          registry.query(
              "select quote_ident(tablename) from pg_tables where schemaname = 'public'");

      assertThat(tables).contains("client_secret", "audit_event", "data_key");
      int rows = 0;
      for (String table : tables) {
        for (String row : registry.query("select t::text from " + table + " t")) {
          assertThat(row).doesNotContainIgnoringCase(traces.toArray(String[]::new));
          rows++;
        }
      }
      assertThat(rows).isGreaterThan(10);
    }

    @Test
    void hashesAndPrivateKeys_areNotInTheAudit() {
      List<String> sensitive = new ArrayList<>();
      sensitive.addAll(registry.query("select encode(hash, 'hex') from client_secret"));
      sensitive.addAll(registry.query("select encode(private_key, 'hex') from signing_key"));

      assertThat(sensitive).hasSizeGreaterThan(4);
      for (String row : registry.query("select e::text from audit_event e")) {
        assertThat(row).doesNotContain(sensitive.toArray(String[]::new));
      }
    }
  }

  @Nested
  @DisplayName("In the log")
  class InTheLog {
    @Test
    void secretsTokensAndAssertions_areNotLoggedAtAnyLevel() throws Exception {
      TestKey key = TestKey.generate(SignatureAlgorithm.ES256);
      registry.key(agent, key.jwk());
      String assertion = TestAssertion.by(key, agent.clientId(), gateway.issuer()).sign();
      String wrongSecret = "wrong-secret-0123456789";
      String token = Expect.issued(TokenCall.by(gateway, agent).send()).accessToken();
      TestAssertion.with(TokenCall.to(gateway).clientCredentials(), assertion).send();
      // used again, and broken
      TestAssertion.with(TokenCall.to(gateway).clientCredentials(), assertion).send();
      TestAssertion.with(TokenCall.to(gateway).clientCredentials(), assertion + "x").send();
      TokenCall.to(gateway).basic(agent.clientId(), wrongSecret).clientCredentials().send();
      inBody(wrongSecret).send();
      inBody(agent.secret()).send();
      inBody(agent.secret()).raw("%zz").send();
      inBody(agent.secret()).contentType("text/plain").send();
      inBody(agent.secret())
          .uri(URI.create(gateway.tokenEndpoint() + "?client_secret=" + agent.secret()))
          .send();
      try (ByteConnection broken = ByteConnection.to(gateway)) {
        broken.write(ByteConnection.head(agent, "Content-Length: x", "Bad Name: x"));
        broken.read();
      }
      try (ByteConnection aborted = ByteConnection.to(gateway)) {
        aborted.write(ByteConnection.head(agent, "Content-Length: 500") + "client_secret=x");
      }

      String password = URI.create(database).getUserInfo().split(":", 2)[1];
      String basic = agent.clientId() + ":" + agent.secret();
      assertThat(CAPTURE.lines).anyMatch(line -> line.contains("Ready: issuer"));
      assertThat(CAPTURE.lines).anyMatch(line -> line.startsWith("io.vertx"));
      assertThat(String.join("\n", CAPTURE.lines))
          .doesNotContain(
              agent.secret(),
              Base64.getEncoder().encodeToString(basic.getBytes(StandardCharsets.US_ASCII)),
              wrongSecret,
              token,
              token.substring(token.lastIndexOf('.') + 1),
              assertion,
              assertion.substring(assertion.lastIndexOf('.') + 1),
              TestGateway.ADMIN_SECRET,
              TestGateway.MASTER_KEY,
              password);
    }

    private TokenCall inBody(String secret) {
      return TokenCall.to(gateway)
          .clientCredentials()
          .param("client_id", agent.clientId())
          .param("client_secret", secret);
    }
  }
}
