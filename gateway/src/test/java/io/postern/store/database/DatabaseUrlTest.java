package io.postern.store.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.postern.store.database.DatabaseUrl.Host;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.NotEmpty;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Connection URIs: RFC 3986, and what libpq makes of them. */
class DatabaseUrlTest {
  private static final String SECRET = "the-password";

  @Test
  void parts_areDecoded() {
    DatabaseUrl url =
        DatabaseUrl.parse(
            "postgresql://us%40er:p%3Aw%2F%25@db.example.com:6000/a%3Fb%20c%25?x=1%262");
    assertThat(url.user()).isEqualTo("us@er");
    assertThat(url.password()).isEqualTo("p:w/%");
    assertThat(url.hosts()).containsExactly(new Host("db.example.com", 6000));
    assertThat(url.database()).isEqualTo("a?b c%");
    assertThat(url.parameters()).containsEntry("x", "1&2").hasSize(1);
  }

  /** RFC 3986 §3.2.1: unreserved, sub-delims and the colon stand in a userinfo by themselves. */
  @ParameterizedTest
  @ValueSource(strings = {"!$&'()*+,;=", "a:b:c", "-._~", "ä€😀", "a b", "", "[]{}|\\^`\"<>"})
  void password_ofLegalCharacters_isTakenAsItIs(String password) {
    assertThat(DatabaseUrl.parse("postgresql://u:" + password + "@h/d").password())
        .isEqualTo(password);
  }

  @Property
  void anything_encoded_isItself(
      @ForAll @NotEmpty String user, @ForAll String password, @ForAll @NotEmpty String database) {
    if ((user + password + database).chars().anyMatch(DatabaseUrlTest::isUnfit)) {
      return;
    }
    DatabaseUrl url =
        DatabaseUrl.parse(
            "postgres://%s:%s@h/%s".formatted(encode(user), encode(password), encode(database)));
    assertThat(List.of(url.user(), url.password(), url.database()))
        .containsExactly(user, password, database);
  }

  private static boolean isUnfit(int unit) {
    return Character.isISOControl(unit) || Character.isSurrogate((char) unit);
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  @ParameterizedTest
  @CsvSource({
    "h, h:5432",
    "h:1, h:1",
    "127.0.0.1:65535, 127.0.0.1:65535",
    "[::1], [::1]:5432",
    "[2001:db8::1]:6000, [2001:db8::1]:6000",
    "'a:1,b,[::1]:2', 'a:1,b:5432,[::1]:2'"
  })
  void hosts_haveTheirPorts(String written, String read) {
    DatabaseUrl url = DatabaseUrl.parse("postgresql://u:" + SECRET + "@" + written + "/d");
    assertThat(url).hasToString("postgresql://u@" + read + "/d");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "mysql://u:the-password@h/d",
        "postgresql://u:the-password@h",
        "postgresql://u:the-password@h/",
        "postgresql://u:the-password@/d",
        "postgresql://the-password/d",
        "postgresql://:the-password@h/d",
        "postgresql://u:the-password/x@h/d",
        "postgresql://u:the-password#x@h/d",
        "postgresql://u:the-password?x@h/d",
        "postgresql://u:the-password@x@h/d",
        "postgresql://u:p@a/the-password?c@h/d",
        "postgresql://u:p@a/b?the-password@h/d",
        "postgresql://u:p@a/b?the-password=d@h/d",
        "postgresql://u:p@a/the-password@h",
        "postgresql://u:the-password%@h/d",
        "postgresql://u:the-password%zz@h/d",
        "postgresql://u:the-password%FF@h/d",
        "postgresql://u:the-password%00@h/d",
        "postgresql://u:the-password@h:0/d",
        "postgresql://u:the-password@h:65536/d",
        "postgresql://u:the-password@h:port/d",
        "postgresql://u:the-password@h,/d",
        "postgresql://u:the-password@::1/d",
        "postgresql://u:the-password@%2Fvar%2Frun/d",
        "postgresql://u:the-password@h/d?x",
        "postgresql://u:the-password@h/d?x=1&x=2",
        "the-password"
      })
  void malformed_isRefused_withHelpAndWithoutTheSecret(String malformed) {
    assertThatThrownBy(() -> DatabaseUrl.parse(malformed))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageNotContaining(SECRET)
        .hasNoCause()
        .message()
        .hasSizeGreaterThan(15)
        .doesNotContain("\n");
  }
}
