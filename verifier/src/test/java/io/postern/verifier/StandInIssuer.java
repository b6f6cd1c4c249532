package io.postern.verifier;

import com.nimbusds.jose.util.JSONObjectUtils;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * An issuer with metadata, JWK Set and lines, by stream and by poll. It counts what it is asked,
 * and can be away, cut its streams, and lie.
 */
final class StandInIssuer implements AutoCloseable {
  static final String AUDIENCE = "https://crm.example.com";
  private static final String END = "";

  final TestTime time = new TestTime();
  final AtomicInteger metadataReads = new AtomicInteger();
  final AtomicInteger keyReads = new AtomicInteger();
  final AtomicInteger streamsOpened = new AtomicInteger();
  final AtomicInteger polls = new AtomicInteger();

  /** Null while it is well, or the status of all its answers. */
  volatile Integer away;

  /** Of lines alone. */
  volatile Integer linesAway;

  volatile boolean streams = true;

  /** Whether a stream does not even begin. */
  volatile boolean mute;

  volatile String keyHeaders = "max-age=300";
  volatile String metadataIssuer;
  volatile String rawKeys;

  /** What is sent in the place of the whole document, as it is. */
  volatile String rawLines;

  /** Held while a reading of the keys is to wait. */
  final Object keyGate = new Object();

  private final TestKey key = TestKey.of("key-1", "ES256");
  private final List<TestKey> keys = new CopyOnWriteArrayList<>(List.of(key));
  private final List<BlockingQueue<String>> readers = new CopyOnWriteArrayList<>();
  private final List<HttpExchange> mutes = new CopyOnWriteArrayList<>();
  private final LineText text = new LineText("0123456789abcdef");
  private final ExecutorService threads =
      Executors.newCachedThreadPool(
          task -> {
            Thread thread = new Thread(task, "stand-in");
            thread.setDaemon(true);
            return thread;
          });
  private final HttpServer server;
  // guarded by this
  private final Map<Object, Map<String, Object>> lines = new LinkedHashMap<>();
  private int version;

  StandInIssuer() {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.createContext("/.well-known/openid-configuration", this::metadata);
    server.createContext("/oauth2/jwks", this::jwks);
    server.createContext("/oauth2/revocations", this::revocations);
    server.setExecutor(threads);
    server.start();
    metadataIssuer = issuer();
  }

  String issuer() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  TestKey key() {
    return key;
  }

  LineText text() {
    return text;
  }

  void publish(TestKey more) {
    keys.add(more);
  }

  void withdraw(TestKey gone) {
    keys.remove(gone);
  }

  /** A verifier of its tokens, by its clocks and without patience. */
  VerifierBuilder verifier() {
    return PosternVerifier.builder(issuer())
        .audience(AUDIENCE)
        .clock(time)
        .nanoTime(time)
        .pace(TestPace.QUICK);
  }

  /** The claims of a good token. */
  Map<String, Object> claims() {
    Map<String, Object> claims = new LinkedHashMap<>();
    claims.put("iss", issuer());
    claims.put("sub", "crm-agent");
    claims.put("client_id", "crm-agent");
    claims.put("aud", AUDIENCE);
    claims.put("scope", "customers:read customers:write");
    claims.put("iat", time.seconds());
    claims.put("exp", time.seconds() + 900);
    claims.put("jti", "token-1");
    return claims;
  }

  /** A good token but for one claim; null leaves it out. */
  String token(String claim, Object value) {
    Map<String, Object> claims = claims();
    claims.put(claim, value);
    claims.values().removeIf(Objects::isNull);
    return key.sign("at+jwt", claims);
  }

  String token() {
    return key.sign("at+jwt", claims());
  }

  /** Publishes a line, and tells the streams. */
  void draw(Map<String, Object> line) {
    put(line);
    tell("change", document(List.of(line)));
  }

  /** Publishes a line without a word to the streams. */
  synchronized void put(Map<String, Object> line) {
    lines.put(List.of(line.get("kind"), line.get("id"), line.getOrDefault("resource", "")), line);
    version++;
  }

  synchronized void clearLines() {
    lines.clear();
    version++;
  }

  String document(List<Map<String, Object>> some) {
    return key.sign("revocations+jwt", documentClaims(some));
  }

  Map<String, Object> documentClaims(List<Map<String, Object>> some) {
    Map<String, Object> claims = new LinkedHashMap<>();
    claims.put("iss", issuer());
    claims.put("iat", time.seconds());
    claims.put("salt", text.salt());
    claims.put("lines", some);
    return claims;
  }

  void tell(String event, String data) {
    send("event: " + event + "\ndata: " + data + "\n\n");
  }

  /** Sends to all streams as it is. */
  void send(String raw) {
    readers.forEach(reader -> reader.add(raw));
  }

  /** Ends all streams. */
  void cut() {
    send(END);
  }

  int openStreams() {
    return readers.size();
  }

  private void metadata(HttpExchange exchange) throws IOException {
    metadataReads.incrementAndGet();
    Map<String, Object> metadata = new LinkedHashMap<>();
    metadata.put("issuer", metadataIssuer);
    metadata.put("jwks_uri", issuer() + "/oauth2/jwks");
    answer(exchange, "application/json", JSONObjectUtils.toJSONString(metadata));
  }

  private void jwks(HttpExchange exchange) throws IOException {
    keyReads.incrementAndGet();
    synchronized (keyGate) {
      exchange.getResponseHeaders().set("Cache-Control", keyHeaders);
      String set =
          JSONObjectUtils.toJSONString(Map.of("keys", keys.stream().map(TestKey::jwk).toList()));
      answer(exchange, "application/json", rawKeys == null ? set : rawKeys);
    }
  }

  private void revocations(HttpExchange exchange) throws IOException {
    if (linesAway != null) {
      end(exchange, linesAway);
      return;
    }
    String accept = exchange.getRequestHeaders().getFirst("Accept");
    if (streams && accept != null && accept.contains("text/event-stream")) {
      stream(exchange);
      return;
    }
    polls.incrementAndGet();
    String known = exchange.getRequestHeaders().getFirst("If-None-Match");
    String etag = etag();
    String query = exchange.getRequestURI().getQuery();
    for (int i = 0; query != null && etag.equals(known) && i < 40; i++) {
      pause();
      etag = etag();
    }
    exchange.getResponseHeaders().set("ETag", etag);
    if (etag.equals(known)) {
      end(exchange, 304);
    } else {
      answer(exchange, "application/jwt", whole());
    }
  }

  // what a poll waits for, looked at now and then
  private static void pause() {
    try {
      TimeUnit.MILLISECONDS.sleep(5);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private void stream(HttpExchange exchange) throws IOException {
    BlockingQueue<String> reader = new LinkedBlockingQueue<>();
    exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
    if (away != null) {
      end(exchange, away);
      return;
    }
    if (mute) {
      mutes.add(exchange);
      return;
    }
    exchange.sendResponseHeaders(200, 0);
    reader.add("event: lines\ndata: " + whole() + "\n\n");
    readers.add(reader);
    streamsOpened.incrementAndGet();
    try (OutputStream body = exchange.getResponseBody()) {
      for (String next = reader.take(); !next.equals(END); next = reader.take()) {
        body.write(next.getBytes(StandardCharsets.UTF_8));
        body.flush();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      readers.remove(reader);
      exchange.close();
    }
  }

  private synchronized String etag() {
    return "\"" + version + "\"";
  }

  private String whole() {
    String raw = rawLines;
    List<Map<String, Object>> all;
    synchronized (this) {
      all = new ArrayList<>(lines.values());
    }
    return raw == null ? document(all) : raw;
  }

  private void answer(HttpExchange exchange, String type, String body) throws IOException {
    if (away != null) {
      end(exchange, away);
      return;
    }
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", type);
    exchange.sendResponseHeaders(200, bytes.length);
    try (OutputStream out = exchange.getResponseBody()) {
      out.write(bytes);
    }
  }

  private static void end(HttpExchange exchange, int status) throws IOException {
    exchange.sendResponseHeaders(status, -1);
    exchange.close();
  }

  @Override
  public void close() {
    cut();
    mutes.forEach(HttpExchange::close);
    server.stop(0);
    threads.shutdownNow();
  }
}
