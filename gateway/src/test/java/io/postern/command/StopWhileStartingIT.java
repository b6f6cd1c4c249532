package io.postern.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.postern.store.database.Database;
import io.postern.store.database.Schema;
import io.postern.testing.PosternProcess;
import io.postern.testing.TestGateway;
import io.postern.testing.TestPostgres;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A SIGTERM that comes while the gateway starts: what has started stops, in good order. */
class StopWhileStartingIT {

  @ParameterizedTest
  @ValueSource(
      strings = {"Starting Postern", "Cryptography by", "Created the administrator", "is loaded"})
  void sigterm_whileItStarts_endsItWithStatus0(String reached) {
    String url = TestPostgres.newDatabase();
    new Schema(Database.parse(url)).migrate();
    Map<String, String> environment =
        Map.of(
            "POSTERN_DATABASE_URL",
            url,
            "POSTERN_MASTER_KEY",
            TestGateway.MASTER_KEY,
            "POSTERN_BOOTSTRAP_ADMIN_SECRET",
            TestGateway.ADMIN_SECRET,
            "POSTERN_HTTP_PORT",
            Integer.toString(TestGateway.freePort()),
            "POSTERN_MANAGEMENT_PORT",
            Integer.toString(TestGateway.freePort()));
    try (PosternProcess postern = PosternProcess.start(environment, "serve")) {
      postern.awaitLogged(reached);
      postern.terminate();
      assertThat(postern.awaitExit()).as(postern.err()).isZero();
      assertThat(postern.err())
          .contains("Stopped")
          .doesNotContain("WARN", "ERROR", "Exception", "postern: ");
    }
  }
}
