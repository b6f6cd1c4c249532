package io.postern.verifier;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How a token comes, and what is answered when it does not count (RFC 6750). */
class BearerTest {
  @Test
  void header_oneBearer_isTheToken() {
    assertThat(BearerHeader.of(List.of("Bearer a.b-_~+/c==")).token()).isEqualTo("a.b-_~+/c==");
    assertThat(BearerHeader.of(List.of("BEARER   abc ")).token()).isEqualTo("abc");
    assertThat(BearerHeader.of(List.of("Bearer abc"))).asString().doesNotContain("abc");
  }

  @ParameterizedTest
  @ValueSource(strings = {"Basic YTpi", "", "DPoP abc", "Bearerabc"})
  void header_anotherScheme_isMissing(String field) {
    assertThat(BearerHeader.of(List.of(field)).reason()).isEqualTo(Reason.MISSING_TOKEN);
  }

  @ParameterizedTest
  @ValueSource(strings = {"Bearer", "Bearer a b", "Bearer a,b", "Bearer \"a\"", "Bearer é"})
  void header_notAToken_isMalformed(String field) {
    assertThat(BearerHeader.of(List.of(field)).reason()).isEqualTo(Reason.MALFORMED_REQUEST);
  }

  @Test
  void header_noneOrTwo() {
    assertThat(BearerHeader.of(List.of()).reason()).isEqualTo(Reason.MISSING_TOKEN);
    assertThat(BearerHeader.of(List.of("Bearer a", "Bearer b")).reason())
        .isEqualTo(Reason.MALFORMED_REQUEST);
  }

  private static String header(Reason reason) {
    return Challenge.of(reason, "crm", List.of("a", "b")).headers().get("WWW-Authenticate");
  }

  @Test
  void challenge_noToken_hasNoError() {
    assertThat(header(Reason.MISSING_TOKEN)).isEqualTo("Bearer realm=\"crm\"");
  }

  @Test
  void challenge_badToken_saysSo() {
    assertThat(header(Reason.ENDED))
        .isEqualTo(
            "Bearer realm=\"crm\", error=\"invalid_token\","
                + " error_description=\"the token was ended\"");
  }

  @Test
  void challenge_scope_namesWhatIsNeeded() {
    assertThat(header(Reason.INSUFFICIENT_SCOPE))
        .startsWith("Bearer realm=\"crm\", error=\"insufficient_scope\"")
        .endsWith(", scope=\"a b\"");
  }

  @Test
  void challenge_eachReason_hasItsStatus() {
    for (Reason reason : Reason.values()) {
      Challenge challenge = Challenge.of(reason, "crm", List.of());
      assertThat(challenge.status()).isIn(400, 401, 403, 503);
      if (challenge.status() == 503) {
        assertThat(challenge.headers()).containsOnlyKeys("Retry-After");
      } else {
        assertThat(challenge.headers()).containsOnlyKeys("WWW-Authenticate");
      }
    }
  }
}
