package io.postern.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.postern.decision.DecisionEvent;
import io.postern.decision.DecisionEvent.Result;
import io.postern.testing.ByteConnection;
import io.postern.testing.DecisionLines;
import io.postern.testing.RelayFixture;
import io.postern.testing.TestTarget;
import io.postern.vault.VaultRefusal;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Bodies that pass through the relay: as they come, as fast as they are taken, and to their end.
 */
class RelayStreamTest {
  private static final int LARGE = 50 * 1024 * 1024;
  private static final long FAR_LESS = 16L * 1024 * 1024;
  private static final Duration SHORT = Duration.ofMillis(400);

  private static RelayFixture relay;
  private static RelayFixture hasty;
  private static final HttpClient CLIENT = HttpClient.newHttpClient();

  @BeforeAll
  static void start() {
    relay = RelayFixture.start();
    hasty = RelayFixture.start(RelayFixture.settings(SHORT));
  }

  @AfterAll
  static void stop() {
    relay.close();
    hasty.close();
    CLIENT.close();
  }

  private static Result refused(VaultRefusal reason) {
    return new Result.Refused(reason);
  }

  /** The one call of a credential was broken off when so much of its answer had gone through. */
  private static void assertBrokenOff(
      RelayFixture relay, String key, VaultRefusal reason, int responseBytes) {
    assertThat(relay.decisionsOf(key, 1))
        .singleElement()
        .isInstanceOfSatisfying(
            Result.Refused.class,
            refused -> {
              assertThat(refused.reason()).isEqualTo(reason);
              assertThat(refused.brokenOff())
                  .returns(200, Result.Relayed::status)
                  .returns((long) responseBytes, Result.Relayed::responseBytes);
            });
  }

  @Test
  void events_comeOneByOne_andAreCounted() throws Exception {
    BlockingQueue<HttpServerResponse> open = new ArrayBlockingQueue<>(1);
    try (TestTarget model =
        TestTarget.of(
            request -> {
              HttpServerResponse response = request.response().setChunked(true);
              response.putHeader("content-type", "text/event-stream").writeHead();
              assertThat(request.getHeader("accept-encoding")).isEqualTo("identity");
              open.add(response);
            })) {
      String key = relay.credential(model.url());
      // the head comes before the first event
      HttpResponse<InputStream> answer =
          CLIENT.send(relay.request(key + "/v1").build(), BodyHandlers.ofInputStream());
      assertThat(answer.headers().firstValue("content-type")).hasValue("text/event-stream");
      HttpServerResponse response = open.take();
      InputStream body = answer.body();
      for (int i = 0; i < 5; i++) {
        // the next is sent when the one before has been read
        String event = "data: {\"i\":" + i + "}\n\n";
        response.write(event);
        assertThat(new String(body.readNBytes(event.length()), StandardCharsets.UTF_8))
            .isEqualTo(event);
      }
      response.end("data: {\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":4}}\n\n");
      body.readAllBytes();
      assertThat(relay.decided(answer))
          .isInstanceOfSatisfying(
              Result.Relayed.class,
              relayed -> {
                assertThat(relayed.inputTokens()).isEqualTo(3);
                assertThat(relayed.outputTokens()).isEqualTo(4);
              });
    }
  }

  @Test
  void largeBodies_passBothWays() throws Exception {
    try (TestTarget target =
        TestTarget.of(
            request ->
                request.body().onSuccess(body -> request.response().setChunked(true).end(body)))) {
      String key = relay.credential(target.url());
      byte[] sent = new byte[LARGE];
      for (int i = 0; i < LARGE; i++) {
        sent[i] = (byte) ((i * 31) >> 3);
      }
      HttpResponse<byte[]> answer =
          CLIENT.send(
              relay.request(key + "/").POST(BodyPublishers.ofByteArray(sent)).build(),
              BodyHandlers.ofByteArray());
      assertThat(answer.body()).isEqualTo(sent);
      assertThat(relay.decided(answer))
          .isEqualTo(
              new Result.Relayed(
                  ((Result.Relayed) relay.decided(answer)).credentialId(),
                  "POST",
                  200,
                  LARGE,
                  LARGE,
                  -1,
                  -1));
    }
  }

  /** What a target may write before a caller that does not read holds it back. */
  @Test
  void slowReader_holdsTheTargetBack() throws Exception {
    AtomicLong written = new AtomicLong();
    try (TestTarget target = TestTarget.of(request -> writeLarge(request.response(), written));
        Socket caller = connect(relay)) {
      String key = relay.credential(target.url());
      ask(caller, "GET", key, "");
      awaitStandstill(written);
      assertThat(written.get()).isLessThan(FAR_LESS);
      // and then it gets all of it
      long read = caller.getInputStream().transferTo(OutputStream.nullOutputStream());
      assertThat(read).isGreaterThan(LARGE);
    }
  }

  @Test
  void slowTarget_holdsTheCallerBack() throws Exception {
    try (TestTarget target = TestTarget.of(HttpServerRequest::pause);
        Socket caller = connect(relay)) {
      String key = relay.credential(target.url());
      ask(caller, "POST", key, "Content-Length: " + LARGE + "\r\n");
      AtomicLong written = new AtomicLong();
      Thread.startVirtualThread(
          () -> {
            try {
              byte[] chunk = new byte[64 * 1024];
              while (written.get() < LARGE) {
                caller.getOutputStream().write(chunk);
                written.addAndGet(chunk.length);
              }
            } catch (IOException e) {
              // closed at the end of the test
            }
          });
      awaitStandstill(written);
      assertThat(written.get()).isLessThan(FAR_LESS);
    }
  }

  private static void writeLarge(HttpServerResponse response, AtomicLong written) {
    if (written.get() == 0) {
      response.setChunked(true);
    }
    Buffer chunk = Buffer.buffer(new byte[64 * 1024]);
    while (written.get() < LARGE && !response.writeQueueFull()) {
      response.write(chunk);
      written.addAndGet(chunk.length());
    }
    if (written.get() < LARGE) {
      response.drainHandler(ignored -> writeLarge(response, written));
    } else {
      response.end();
    }
  }

  private static void awaitStandstill(AtomicLong count) {
    AtomicLong last = new AtomicLong();
    AtomicLong since = new AtomicLong(System.nanoTime());
    DecisionLines.eventually(
        () -> {
          if (last.getAndSet(count.get()) != count.get()) {
            since.set(System.nanoTime());
          }
          return count.get() > 0 && System.nanoTime() - since.get() > SHORT.toNanos();
        });
  }

  private static Socket connect(RelayFixture relay) throws IOException {
    var listener = relay.gateway().settings().listeners().http();
    return new Socket(listener.host(), listener.port());
  }

  private static void ask(Socket caller, String method, String key, String fields)
      throws IOException {
    ask(caller, relay, method, key, fields);
  }

  private static void ask(
      Socket caller, RelayFixture relay, String method, String key, String fields)
      throws IOException {
    caller
        .getOutputStream()
        .write(
            (method
                    + " /relay/"
                    + key
                    + "/ HTTP/1.1\r\nHost: g\r\nConnection: close\r\nAuthorization: Bearer "
                    + relay.token()
                    + "\r\n"
                    + fields
                    + "\r\n")
                .getBytes(StandardCharsets.ISO_8859_1));
  }

  @Test
  void callerThatLeaves_hasTheTargetCancelled() throws Exception {
    CompletableFuture<Void> cancelled = new CompletableFuture<>();
    try (TestTarget target =
        TestTarget.of(
            request -> {
              request.response().closeHandler(cancelled::complete);
              request.response().setChunked(true).write("first");
            })) {
      String key = relay.credential(target.url());
      try (Socket caller = connect(relay)) {
        ask(caller, "GET", key, "");
        assertThat(caller.getInputStream().read()).isPositive();
      }
      cancelled.get(10, TimeUnit.SECONDS);
      assertBrokenOff(relay, key, VaultRefusal.CALLER_LEFT, "first".length());
    }
  }

  @Test
  void targetThatEndsEarly_isToldSo() throws Exception {
    try (RawTarget silent = new RawTarget("");
        RawTarget garbage = new RawTarget("what?\r\n\r\n");
        RawTarget switching =
            new RawTarget("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n")) {
      for (RawTarget target : List.of(silent, garbage, switching)) {
        HttpResponse<String> answer = relay.get(relay.credential(target.url()) + "/");
        RelayTest.assertProblem(answer, 502, "target-failed");
        assertThat(relay.decided(answer)).isEqualTo(refused(VaultRefusal.TARGET_FAILED));
      }
    }
  }

  @Test
  void targetThatCutsInTheMiddle_breaksTheAnswer() throws Exception {
    try (RawTarget sized =
            new RawTarget("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this");
        RawTarget chunked =
            new RawTarget("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nonly\r\n")) {
      for (RawTarget target : List.of(sized, chunked)) {
        String key = relay.credential(target.url());
        assertThatThrownBy(
                () -> CLIENT.send(relay.request(key + "/").build(), BodyHandlers.ofString()))
            .isInstanceOf(IOException.class);
        int passed = (target == sized ? "only this" : "only").length();
        assertBrokenOff(relay, key, VaultRefusal.TARGET_FAILED, passed);
      }
    }
  }

  /** Answers each connection's first bytes with these, and closes it. */
  private static final class RawTarget implements AutoCloseable {
    private final ServerSocket server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());

    RawTarget(String answer) throws IOException {
      Thread.startVirtualThread(
          () -> {
            while (!server.isClosed()) {
              try (Socket socket = server.accept()) {
                socket.getInputStream().read(new byte[8192]);
                socket.getOutputStream().write(answer.getBytes(StandardCharsets.ISO_8859_1));
              } catch (IOException e) {
                // the server was closed, or the relay has closed first
              }
            }
          });
    }

    String url() {
      return "http://127.0.0.1:" + server.getLocalPort();
    }

    @Override
    public void close() throws IOException {
      server.close();
    }
  }

  @Test
  void earlyAnswer_comesThroughThoughTheRequestIsNotAtItsEnd() throws Exception {
    try (TestTarget refusing =
            TestTarget.of(
                request -> {
                  request.pause();
                  request.response().setStatusCode(413).end("too large");
                });
        ByteConnection caller = ByteConnection.to(relay.gateway())) {
      String key = relay.credential(refusing.url());
      ByteConnection.Answer answer =
          caller.exchange(
              "POST /relay/"
                  + key
                  + "/ HTTP/1.1\r\nHost: g\r\nContent-Length: 1000\r\nAuthorization: Bearer "
                  + relay.token()
                  + "\r\n\r\nsome");
      assertThat(answer.status()).isEqualTo(413);
      assertThat(answer.body()).isEqualTo("too large");
      assertThat(caller.isClosedByPeer()).isTrue();
    }
  }

  @Test
  void chunkedRequest_staysChunked() {
    String sent = "hello ".repeat(50_000);
    try (TestTarget target = TestTarget.of(TestTarget::echo)) {
      HttpRequest request =
          relay
              .request(relay.credential(target.url()) + "/")
              .POST(
                  BodyPublishers.ofInputStream(
                      () -> new ByteArrayInputStream(sent.getBytes(StandardCharsets.UTF_8))))
              .build();
      JsonObject asked = new JsonObject(relay.gateway().send(request).body());
      assertThat(asked.getString("body")).isEqualTo(sent);
      assertThat(asked.getJsonObject("headers").containsKey("content-length")).isFalse();
    }
  }

  @Test
  void http10_isAnsweredUntilTheConnectionEnds() throws Exception {
    try (TestTarget target =
            TestTarget.of(request -> request.response().setChunked(true).end("hello"));
        Socket caller = connect(relay)) {
      String key = relay.credential(target.url());
      caller
          .getOutputStream()
          .write(
              ("GET /relay/"
                      + key
                      + "/ HTTP/1.0\r\nConnection: keep-alive\r\nx-api-key: "
                      + relay.token()
                      + "\r\n\r\n")
                  .getBytes(StandardCharsets.ISO_8859_1));
      String answer =
          new String(caller.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
      assertThat(answer).startsWith("HTTP/1.0 200").endsWith("\r\n\r\nhello");
      assertThat(answer.toLowerCase(Locale.ROOT)).doesNotContain("transfer-encoding");
    }
  }

  @Test
  void headThatDoesNotCome_isATimeout() {
    try (TestTarget target = TestTarget.of(request -> {})) {
      HttpResponse<String> answer = hasty.get(hasty.credential(target.url()) + "/");
      RelayTest.assertProblem(answer, 504, "target-timeout");
      assertThat(hasty.decided(answer)).isEqualTo(refused(VaultRefusal.TARGET_TIMEOUT));
    }
  }

  @Test
  void bodyThatStandsStill_breaksTheAnswer() {
    try (TestTarget target =
        TestTarget.of(request -> request.response().setChunked(true).write("first"))) {
      String key = hasty.credential(target.url());
      assertThatThrownBy(
              () -> CLIENT.send(hasty.request(key + "/").build(), BodyHandlers.ofString()))
          .isInstanceOf(IOException.class);
      assertBrokenOff(hasty, key, VaultRefusal.TARGET_TIMEOUT, "first".length());
    }
  }

  @Test
  void callerThatStandsStill_isTold() throws Exception {
    try (TestTarget target = TestTarget.of(TestTarget::echo);
        Socket caller = connect(hasty)) {
      String key = hasty.credential(target.url());
      ask(caller, hasty, "POST", key, "Content-Length: 10\r\n");
      String answer =
          new String(caller.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
      assertThat(answer).startsWith("HTTP/1.1 408").contains("urn:postern:problem:caller-timeout");
    }
  }

  @Test
  void handshakeThatDoesNotCome_isATimeout() throws Exception {
    try (ServerSocket mute = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
      String key = hasty.credential("https://127.0.0.1:" + mute.getLocalPort());
      RelayTest.assertProblem(hasty.get(key + "/"), 504, "target-timeout");
    }
  }

  @Test
  void limitOfTheGateway_isHeld_andWhatEndsCountsNoMore() throws Exception {
    BlockingQueue<HttpServerResponse> open = new ArrayBlockingQueue<>(10);
    RelaySettings defaults = RelayFixture.settings(Duration.ofSeconds(60));
    RelaySettings one =
        new RelaySettings(defaults.deadlines(), 1, 1, defaults.addresses(), true, List.of());
    try (RelayFixture narrow = RelayFixture.start(one);
        TestTarget target = TestTarget.of(request -> open.add(request.response()))) {
      String key = narrow.credential(target.url());
      for (int i = 0; i < 3; i++) {
        CompletableFuture<HttpResponse<String>> first =
            CLIENT.sendAsync(narrow.request(key + "/").build(), BodyHandlers.ofString());
        HttpServerResponse response = open.take();
        HttpResponse<String> second = narrow.get(key + "/");
        RelayTest.assertProblem(second, 429, "too-many-requests");
        assertThat(second.headers().firstValue("retry-after")).hasValue("1");
        response.end("done");
        HttpResponse<String> answer = first.get(10, TimeUnit.SECONDS);
        assertThat(answer.body()).isEqualTo("done");
        assertThat(narrow.decided(answer)).isInstanceOf(DecisionEvent.Result.Relayed.class);
      }
    }
  }
}
