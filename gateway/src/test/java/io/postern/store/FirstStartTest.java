package io.postern.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.postern.testing.ChangedSettings;
import io.postern.testing.TestGateway;
import io.postern.testing.TestPostgres;
import io.postern.testing.TestRegistry;
import io.postern.testing.TokenCall;
import java.sql.Connection;
import java.sql.Statement;
import org.junit.jupiter.api.Test;

class FirstStartTest {
  private static final String LATER_SECRET = "a-later-bootstrap-secret-0123456789";

  @Test
  void administratorExists_laterSecretIsNotTaken() {
    String url = TestPostgres.newDatabase();
    TestGateway.start(url, settings -> settings).close();
    try (TestGateway gateway = startWithLaterSecret(url)) {
      assertThat(adminTokenStatus(gateway, LATER_SECRET)).isEqualTo(401);
      assertThat(adminTokenStatus(gateway, TestGateway.ADMIN_SECRET)).isEqualTo(200);
    }
  }

  @Test
  void administratorDisabledAndStripped_laterSecretRestoresIt() {
    String url = TestPostgres.newDatabase();
    try (TestGateway gateway = TestGateway.start(url, settings -> settings)) {
      gateway.registry().run("delete from resource_grant where client_id = 'postern-admin'");
      gateway
          .registry()
          .run("update application set status = 'disabled' where id = 'postern-admin'");
    }
    try (TestGateway gateway = startWithLaterSecret(url)) {
      assertThat(adminTokenStatus(gateway, LATER_SECRET)).isEqualTo(200);
      assertThat(adminTokenStatus(gateway, TestGateway.ADMIN_SECRET)).isEqualTo(401);
    }
  }

  @Test
  void administratorDisabled_secretThatItHadDoesNotRestoreIt() {
    String url = TestPostgres.newDatabase();
    try (TestGateway gateway = TestGateway.start(url, settings -> settings)) {
      gateway
          .registry()
          .run("update application set status = 'disabled' where id = 'postern-admin'");
    }
    try (TestGateway gateway = TestGateway.start(url, settings -> settings)) {
      assertThat(adminTokenStatus(gateway, TestGateway.ADMIN_SECRET)).isEqualTo(401);
    }
  }

  @Test
  void administratorDeleted_gatewayStartsWithoutOne() {
    String url = TestPostgres.newDatabase();
    try (TestGateway gateway = TestGateway.start(url, settings -> settings)) {
      gateway.registry().run("delete from application where id = 'postern-admin'");
    }
    try (TestGateway gateway = startWithLaterSecret(url)) {
      assertThat(adminTokenStatus(gateway, LATER_SECRET)).isEqualTo(401);
    }
  }

  @Test
  void openWriter_doesNotHoldUpALaterStart() throws Exception {
    String url = TestPostgres.newDatabase();
    TestGateway.start(url, settings -> settings).close();
    try (Connection writer = TestRegistry.connect(url);
        Statement statement = writer.createStatement()) {
      writer.setAutoCommit(false);
      statement.execute("update application set name = 'x' where id = 'postern-admin'");
      try (TestGateway gateway = TestGateway.start(url, settings -> settings)) {
        assertThat(adminTokenStatus(gateway, TestGateway.ADMIN_SECRET)).isEqualTo(200);
      }
    }
  }

  @Test
  void keys_areMadeOnce() {
    String url = TestPostgres.newDatabase();
    String first;
    try (TestGateway gateway = TestGateway.start(url, settings -> settings)) {
      first = gateway.get(gateway.jwksUri()).body();
    }
    try (TestGateway gateway = TestGateway.start(url, settings -> settings)) {
      assertThat(gateway.get(gateway.jwksUri()).body()).isEqualTo(first);
    }
  }

  private static TestGateway startWithLaterSecret(String url) {
    return TestGateway.start(url, ChangedSettings.administratorSecret(LATER_SECRET));
  }

  private static int adminTokenStatus(TestGateway gateway, String secret) {
    return TokenCall.to(gateway)
        .basic(FirstStart.ADMINISTRATOR, secret)
        .clientCredentials()
        .param("audience", "urn:postern:admin")
        .send()
        .status();
  }
}
