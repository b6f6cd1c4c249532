package io.postern.verifier;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What every filter does. The server answers {@code GET /customers}, for {@code customers:read},
 * with the client and the subject, {@code POST /customers} with the body, and {@code GET /admin}
 * for {@code admin}.
 */
public abstract class FilterContract {
  protected FilterFixture fixture;
  private int port;

  /** Starts a server, and says where. */
  protected abstract int startServer(PosternVerifier verifier) throws Exception;

  protected abstract void stopServer() throws Exception;

  @BeforeEach
  void start() throws Exception {
    fixture = new FilterFixture();
    port = startServer(fixture.verifier());
  }

  @AfterEach
  void stop() throws Exception {
    stopServer();
    fixture.close();
  }

  protected HttpResponse<String> get(String path, String... authorization) {
    return fixture.send(port, path, authorization);
  }

  protected static String challenge(HttpResponse<String> response) {
    return String.join("|", response.headers().allValues("WWW-Authenticate"));
  }

  @Test
  void token_good_passes() {
    HttpResponse<String> response = get("/customers", "Bearer " + fixture.token());
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.body()).isEqualTo("crm-agent/crm-agent");
  }

  @Test
  void token_ofANewKey_passesWithItsBody() {
    HttpResponse<String> response =
        fixture.post(port, "/customers", fixture.tokenOfANewKey(), "x".repeat(100_000));
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.body()).hasSize(100_000);
  }

  @Test
  void token_none_is401WithoutAnError() {
    for (List<String> fields : List.of(List.<String>of(), List.of("Basic YTpi"))) {
      HttpResponse<String> response = get("/customers", fields.toArray(new String[0]));
      assertThat(response.statusCode()).isEqualTo(401);
      assertThat(challenge(response)).startsWith("Bearer").doesNotContain("error");
    }
  }

  @Test
  void token_ended_is401() {
    String token = fixture.token();
    assertThat(get("/customers", "Bearer " + token).statusCode()).isEqualTo(200);
    fixture.end();
    HttpResponse<String> response = get("/customers", "Bearer " + token);
    assertThat(response.statusCode()).isEqualTo(401);
    assertThat(challenge(response)).contains("error=\"invalid_token\"");
  }

  @Test
  void token_forAnother_is401() {
    HttpResponse<String> response =
        get("/customers", "Bearer " + fixture.token("aud", "https://other.example"));
    assertThat(response.statusCode()).isEqualTo(401);
    assertThat(challenge(response)).contains("error=\"invalid_token\"");
    assertThat(response.body()).doesNotContain("other.example");
  }

  @Test
  void token_withoutAScope_is403() {
    HttpResponse<String> response = get("/admin", "Bearer " + fixture.token());
    assertThat(response.statusCode()).isEqualTo(403);
    assertThat(challenge(response)).contains("error=\"insufficient_scope\"");
  }

  @Test
  void linesUnknown_isNotTheTokensFault() {
    fixture.silence();
    HttpResponse<String> response = get("/customers", "Bearer " + fixture.token());
    assertThat(response.statusCode()).isEqualTo(unknownStatus());
    assertThat(challenge(response)).isEmpty();
  }

  /** The status while tokens cannot be judged. */
  protected int unknownStatus() {
    return 503;
  }
}
