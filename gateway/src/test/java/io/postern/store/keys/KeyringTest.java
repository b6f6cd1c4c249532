package io.postern.store.keys;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import io.postern.crypto.CryptoProvider;
import io.postern.crypto.MasterKeys;
import io.postern.crypto.SecretHashKey;
import io.postern.jose.SignatureAlgorithm;
import io.postern.store.FirstStart;
import io.postern.store.database.Author;
import io.postern.store.database.Database;
import io.postern.store.database.Transactions;
import io.postern.testing.CapturedLog;
import io.postern.testing.TestGateway;
import io.postern.testing.TestRegistry;
import io.postern.testing.TokenCall;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Pool;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Data keys that come to the database while a gateway runs. */
@Timeout(60)
class KeyringTest {
  private static final CryptoProvider CRYPTO = CryptoProvider.best();
  private static final String INSERT_DATA_KEY =
      "insert into data_key (data_key_id, purpose, wrapped, created_at)"
          + " values ('new', ?, ?, now() + interval '1 s')";
  private static final MasterKeys MASTER_KEYS = MasterKeys.parse(TestGateway.MASTER_KEY);
  private static final MasterKeys OTHER_MASTER_KEYS =
      MasterKeys.parse("ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8=");
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final byte[] KEY = new byte[32];

  private TestGateway gateway;
  private TestRegistry transactions;
  private TestRegistry.Agent agent;

  @BeforeEach
  void start() {
    gateway = TestGateway.start();
    transactions = gateway.registry();
    agent = transactions.agent();
    transactions.grant(agent, transactions.service("read"), "read");
  }

  @AfterEach
  void stop() {
    gateway.close();
  }

  @Test
  void secretUnderAnUnknownDataKey_isGood() {
    insertDataKey("secret_hash", MASTER_KEYS);
    String secret = "a-secret-under-a-new-data-key-0123456789";
    transactions.run(
        "insert into client_secret (secret_id, client_id, hash, data_key_id)"
            + " values ('sec_new', ?, ?, 'new')",
        agent.clientId(),
        new SecretHashKey("new", KEY).hash(CRYPTO, secret));

    TestRegistry.Agent renewed = new TestRegistry.Agent(agent.clientId(), secret);
    assertThat(TokenCall.by(gateway, renewed).send().status()).isEqualTo(200);
    assertThat(TokenCall.by(gateway, agent).send().status()).isEqualTo(200);
  }

  @Test
  void signingKeyUnderAnUnknownDataKey_signs() throws Exception {
    insertDataKey("signing_key", MASTER_KEYS);
    String kid = replaceSigningKeyAsAnotherGatewayWould();
    transactions.awaitIndex();

    assertThat(transactions.query("select data_key_id from signing_key where kid = ?", kid))
        .containsExactly("new");
    assertThat(TokenCall.by(gateway, agent).send().jwt().getHeader().getKeyID()).isEqualTo(kid);
  }

  @Test
  void dataKeyThatCannotBeUnwrapped_isSaidAndDoesNotEndTheSync() throws Exception {
    try (CapturedLog log = CapturedLog.of("io.postern.sync.IndexSync", Level.WARN);
        Connection writer = TestRegistry.connect(gateway.databaseUrl());
        PreparedStatement key = writer.prepareStatement(INSERT_DATA_KEY);
        Statement statement = writer.createStatement()) {
      key.setString(1, "secret_hash");
      key.setBytes(2, OTHER_MASTER_KEYS.wrap(KEY, Keyring.context("secret_hash", "new")));
      key.execute();
      statement.execute("update application set name = 'x' where id = '" + agent.clientId() + "'");
      long deadline = System.nanoTime() + PATIENCE.toNanos();
      while (log.lines().stream().noneMatch(line -> line.contains("master key"))) {
        assertThat(System.nanoTime()).as("within " + PATIENCE).isLessThan(deadline);
        Thread.onSpinWait();
      }
      assertThat(TokenCall.by(gateway, agent).send().status()).isEqualTo(200);

      statement.execute("delete from data_key where data_key_id = 'new'");
      transactions.awaitIndex();
    }
  }

  private void insertDataKey(String purpose, MasterKeys masterKeys) {
    transactions.run(
        INSERT_DATA_KEY, purpose, masterKeys.wrap(KEY, Keyring.context(purpose, "new")));
  }

  private String replaceSigningKeyAsAnotherGatewayWould() throws Exception {
    Vertx vertx = Vertx.vertx();
    try {
      Pool pool = Database.parse(gateway.databaseUrl()).pool(vertx);
      Keyring keyring =
          new FirstStart(MASTER_KEYS, CRYPTO).prepare(pool, null, FirstStart.Seed.NONE).keyring();
      SealedSigningKey key = keyring.newSigningKey(SignatureAlgorithm.ES256);
      CompletableFuture<Void> done = new CompletableFuture<>();
      Thread.startVirtualThread(
          () -> {
            new Transactions(pool)
                .write(
                    new Author("other", ""),
                    statements -> {
                      new SigningKeyTable(statements).deleteAll("ES256");
                      return new SigningKeyTable(statements).insertActive(key);
                    });
            done.complete(null);
          });
      done.get();
      return key.kid();
    } finally {
      vertx.close().await();
    }
  }
}
