package io.postern.store.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.postern.oauth.ResourceIdentifier;
import io.postern.store.database.Database;
import io.postern.store.database.Schema;
import io.postern.testing.TestPostgres;
import io.postern.testing.TestRegistry;
import java.net.URI;
import java.net.URISyntaxException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.postgresql.util.PSQLException;

/** No two audiences that are the same URI, whoever writes; and the same in SQL as in Java. */
class EqualAudiencesTest {
  private static Connection connection;

  @BeforeAll
  static void migrate() throws SQLException {
    String url = TestPostgres.newDatabase();
    new Schema(Database.parse(url)).migrate();
    connection = TestRegistry.connect(url);
  }

  @AfterAll
  static void close() throws SQLException {
    connection.close();
  }

  private static void insert(String... audiences) throws SQLException {
    List<String> rows = new ArrayList<>();
    for (String audience : audiences) {
      rows.add("('svc-' || gen_random_uuid(), 'service', 'S', '" + audience + "')");
    }
    try (Statement statement = connection.createStatement()) {
      statement.execute(
          "insert into application (id, kind, name, audience) values " + String.join(",", rows));
    }
  }

  private static void assertEqual(String audience, String other) {
    assertThatThrownBy(() -> insert(audience))
        .isInstanceOfSatisfying(
            PSQLException.class,
            e -> {
              assertThat(e.getServerErrorMessage().getConstraint())
                  .isEqualTo("application_audience_equal");
              assertThat(e.getServerErrorMessage().getDetail()).isEqualTo(other);
            });
  }

  @Test
  void equalAudience_isRefused_whicheverCameFirst() throws SQLException {
    insert("https://a.example", "https://b.example/", "HTTPS://C.example/x", "urn:postern:agent:x");

    assertEqual("https://a.example/", "https://a.example");
    assertEqual("https://A.example:443", "https://a.example");
    assertEqual("https://b.example", "https://b.example/");
    assertEqual("https://c.example/x", "HTTPS://C.example/x");
    assertEqual("https://c.example:443/x", "HTTPS://C.example/x");
    assertEqual("URN:postern:agent:x", "urn:postern:agent:x");
    insert("https://a.example/x", "https://a.example:8443", "http://a.example", "A", "a");
  }

  @Test
  void equalAudiences_ofOneStatement_areRefused() {
    assertThatThrownBy(() -> insert("https://d.example", "https://d.example/"))
        .hasMessageContaining("is equal to https://d.example");
  }

  @Test
  void equalAudience_ofWhatIsDeleted_isFree() throws SQLException {
    insert("https://e.example");
    try (Statement statement = connection.createStatement()) {
      statement.execute("delete from application where audience = 'https://e.example'");
    }
    insert("https://e.example/");
  }

  @Test
  void normalForm_isTheSameInSqlAndJava() throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(
            "select a, normal_audience(a) from unnest(?::text[]) as asked (a)")) {
      statement.setArray(1, connection.createArrayOf("text", audiences()));
      int changed = 0;
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          String audience = rows.getString(1);
          String normal = ResourceIdentifier.normalize(audience);
          assertThat(rows.getString(2)).as(audience).isEqualTo(normal);
          if (isUri(audience)) {
            assertThat(ResourceIdentifier.normalize(normal)).as(audience).isEqualTo(normal);
          }
          changed += normal.equals(audience) ? 0 : 1;
        }
      }
      assertThat(changed).isGreaterThan(1000);
    }
  }

  private static boolean isUri(String text) {
    try {
      return new URI(text).parseServerAuthority().isAbsolute();
    } catch (URISyntaxException e) {
      return false;
    }
  }

  private static String[] audiences() {
    Arbitrary<String> pieces =
        Arbitraries.oneOf(
            Arbitraries.of(
                "http", "HTTPS", "urn", "://", ":", "/", "//", "@", "?", "#", "%41", "%c3", "%2f",
                "%00", "%", "%%", "%4", ":80", ":443", "[::1]", "Host", ".", "..", "I", "K"),
            Arbitraries.chars().range('!', '{').map(String::valueOf),
            Arbitraries.of("https://Host.example", "http://a:80", "https://u@H:443/%7e"));
    return pieces
        .list()
        .ofMinSize(1)
        .ofMaxSize(8)
        .map(list -> String.join("", list))
        .sampleStream()
        .limit(20_000)
        .toArray(String[]::new);
  }
}
