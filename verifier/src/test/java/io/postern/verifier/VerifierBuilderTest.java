package io.postern.verifier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.http.HttpClient;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a verifier does not start with. */
class VerifierBuilderTest {
  private static VerifierBuilder builder(String issuer) {
    return PosternVerifier.builder(issuer).audience("crm");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "tokens.example.com",
        "ftp://tokens.example.com",
        "https://tokens.example.com?x=1",
        "https://tokens.example.com#x",
        "https://me:secret@tokens.example.com",
        "https:///path",
        "http://tokens.example.com",
        "http://127.evil.example",
        "http://localhost.evil.example"
      })
  void issuer_unfit(String issuer) {
    assertThatThrownBy(() -> builder(issuer).start())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("issuer");
  }

  @ParameterizedTest
  @ValueSource(strings = {"http://localhost:1", "http://127.0.0.1:1", "http://[::1]:1"})
  void issuer_onThisMachine_mayBePlain(String issuer) {
    assertThatCode(() -> builder(issuer).start().close()).doesNotThrowAnyException();
  }

  @Test
  void issuer_plain_isAllowedExpressly() {
    assertThatCode(() -> builder("http://issuer.invalid").allowPlainHttp().start().close())
        .doesNotThrowAnyException();
  }

  @Test
  void httpClient_thatFollowsRedirects() {
    HttpClient client = HttpClient.newBuilder().followRedirects(HttpClient.Redirect.NORMAL).build();
    assertThatThrownBy(() -> builder("https://tokens.example.com").httpClient(client).start())
        .hasMessage("followRedirects of the httpClient cannot be NORMAL");
  }

  @ParameterizedTest
  @ValueSource(longs = {20, 60, 3_600})
  void pace_leavesTimeForASecondAttempt(long seconds) {
    Duration maxSilence = Duration.ofSeconds(seconds);
    Pace pace = Pace.within(maxSilence);
    assertThat(pace.patience()).isLessThan(maxSilence);
    assertThat(pace.pollWait().plus(pace.answerPatience())).isLessThan(maxSilence);
    // what the issuer allows
    assertThat(pace.pollWait()).isLessThanOrEqualTo(Duration.ofSeconds(60));
  }

  @Test
  void audience_isRequired() {
    assertThatThrownBy(() -> PosternVerifier.builder("https://tokens.example.com").start())
        .hasMessage("audience is required");
  }

  @Test
  void settings_outOfRange() {
    VerifierBuilder builder = builder("https://tokens.example.com");
    assertThatThrownBy(() -> builder.realm("\"").start()).hasMessage("realm cannot be \"");
    builder.realm("crm");
    assertThatThrownBy(() -> builder.clockSkew(Duration.ofSeconds(-1)).start())
        .hasMessage("clockSkew cannot be PT-1S");
    builder.clockSkew(Duration.ZERO);
    assertThatThrownBy(() -> builder.maxSilence(Duration.ofSeconds(1)).start())
        .hasMessage("maxSilence cannot be PT1S");
    builder.maxSilence(Duration.ofMinutes(1));
    assertThatThrownBy(() -> builder.maxKeyAge(Duration.ofSeconds(1)).start())
        .hasMessage("maxKeyAge cannot be PT1S");
  }
}
