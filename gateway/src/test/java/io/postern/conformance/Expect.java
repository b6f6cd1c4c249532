package io.postern.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.postern.testing.TestGateway;
import io.postern.testing.TokenCall;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;

/** What every answer of the token endpoint must look like. */
final class Expect {
  // RFC 6749 §5.2
  private static final Pattern DESCRIPTION = Pattern.compile("[ -!#-\\[\\]-~]+");

  private Expect() {}

  /** A token: RFC 6749 §5.1. */
  static TokenCall.Answer issued(TokenCall.Answer answer) {
    assertThat(answer.status()).as(answer.response().body()).isEqualTo(200);
    common(answer);
    JsonObject json = answer.json();
    assertThat(json.fieldNames())
        .containsExactlyInAnyOrder("access_token", "token_type", "expires_in", "scope");
    assertThat(json.getString("token_type")).isEqualTo("Bearer");
    assertThat(json.getValue("expires_in")).isInstanceOf(Integer.class);
    assertThat(json.getString("scope")).isNotEmpty();
    assertThat(answer.header("www-authenticate")).isNull();
    return answer;
  }

  /** An error: RFC 6749 §5.2. */
  static TokenCall.Answer refused(TokenCall.Answer answer, int status, String error) {
    assertThat(answer.status()).as(answer.response().body()).isEqualTo(status);
    common(answer);
    assertThat(answer.json().fieldNames()).containsExactly("error", "error_description");
    assertThat(answer.error()).isEqualTo(error);
    assertThat(answer.json().getString("error_description")).matches(DESCRIPTION);
    if (status == 401) {
      assertThat(answer.response().headers().allValues("www-authenticate"))
          .singleElement()
          .asString()
          .matches("Basic realm=\"[^\"]+\"(, charset=\"UTF-8\")?");
    } else {
      assertThat(answer.header("www-authenticate")).isNull();
    }
    boolean comeAgain = status == 429 || status == 503;
    if (comeAgain) {
      assertThat(answer.header("retry-after")).matches("[1-9][0-9]*");
    } else {
      assertThat(answer.header("retry-after")).isNull();
    }
    return answer;
  }

  static TokenCall.Answer invalidRequest(TokenCall.Answer answer) {
    return refused(answer, 400, "invalid_request");
  }

  static TokenCall.Answer invalidClient(TokenCall.Answer answer) {
    return refused(answer, 401, "invalid_client");
  }

  static TokenCall.Answer invalidScope(TokenCall.Answer answer) {
    return refused(answer, 400, "invalid_scope");
  }

  static TokenCall.Answer invalidTarget(TokenCall.Answer answer) {
    return refused(answer, 400, "invalid_target");
  }

  static TokenCall.Answer unavailable(TokenCall.Answer answer) {
    return refused(answer, 503, "temporarily_unavailable");
  }

  static TokenCall.Answer slowedDown(TokenCall.Answer answer) {
    return refused(answer, 429, "temporarily_unavailable");
  }

  /**
   * Two answers that a stranger cannot tell apart: status, headers but what each has for itself,
   * and body.
   */
  static void same(TokenCall.Answer one, TokenCall.Answer other) {
    assertThat(other.status()).isEqualTo(one.status());
    assertThat(headers(other)).isEqualTo(headers(one));
    assertThat(other.response().body()).isEqualTo(one.response().body());
  }

  /** Looks again until it is so. */
  static void eventually(Duration atMost, BooleanSupplier condition) {
    long deadline = System.nanoTime() + atMost.toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("within " + atMost).isLessThan(deadline);
      LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
    }
  }

  /** The status of a GET. */
  static int statusOf(TestGateway gateway, String path) {
    return gateway.get(gateway.publicUri(path)).statusCode();
  }

  private static void common(TokenCall.Answer answer) {
    assertThat(answer.header("content-type")).isEqualTo("application/json");
    assertThat(answer.header("cache-control")).isEqualTo("no-store");
    assertThat(answer.header("pragma")).isEqualTo("no-cache");
    assertThat(answer.header("postern-decision-id")).matches("[A-Za-z0-9_-]{24}");
  }

  private static Map<String, List<String>> headers(TokenCall.Answer answer) {
    Map<String, List<String>> headers = new TreeMap<>(answer.response().headers().map());
    headers.remove("date");
    // of each answer its own
    headers.remove("postern-decision-id");
    // a pseudo-header of HTTP/2, of which the status is compared
    headers.remove(":status");
    return headers;
  }
}
