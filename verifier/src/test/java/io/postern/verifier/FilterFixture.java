package io.postern.verifier;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/** An issuer, a verifier of its tokens, and a client of whatever the verifier protects. */
public final class FilterFixture implements AutoCloseable {
  private final StandInIssuer issuer = new StandInIssuer();
  private final PosternVerifier verifier;
  private final HttpClient client = HttpClient.newHttpClient();

  public FilterFixture() {
    verifier = issuer.verifier().realm("crm").start();
    Await.result(verifier.ready());
  }

  public PosternVerifier verifier() {
    return verifier;
  }

  public String token() {
    return issuer.token();
  }

  public String token(String claim, Object value) {
    return issuer.token(claim, value);
  }

  /** A token whose key is not read yet. */
  public String tokenOfANewKey() {
    TestKey key = TestKey.of("fresh", "ES256");
    issuer.publish(key);
    return key.sign("at+jwt", issuer.claims());
  }

  /** Ends all tokens of the client that have been issued. */
  public void end() {
    issuer.draw(issuer.text().line("client", "crm-agent", issuer.time.seconds()));
    Await.until(() -> verifier.state().lines() == 1);
  }

  /** Lets nothing be known of the lines for too long. */
  public void silence() {
    issuer.linesAway = 503;
    issuer.cut();
    Await.until(() -> issuer.openStreams() == 0);
    issuer.time.advance(Duration.ofSeconds(61));
  }

  public HttpResponse<String> send(int port, String path, String... authorization) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
            .timeout(Duration.ofSeconds(10));
    for (String field : authorization) {
      request.header("Authorization", field);
    }
    return send(request.GET().build());
  }

  public HttpResponse<String> post(int port, String path, String token, String body) {
    return send(
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
            .timeout(Duration.ofSeconds(10))
            .header("Authorization", "Bearer " + token)
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build());
  }

  private HttpResponse<String> send(HttpRequest request) {
    try {
      return client.send(request, HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    verifier.close();
    issuer.close();
  }
}
