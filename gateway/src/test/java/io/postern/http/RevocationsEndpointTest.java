package io.postern.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.util.Base64URL;
import com.nimbusds.jwt.SignedJWT;
import io.netty.util.internal.PlatformDependent;
import io.postern.testing.Administrator;
import io.postern.testing.TestGateway;
import io.postern.testing.TestRegistry;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The not-before lines as verifiers elsewhere read them. */
class RevocationsEndpointTest {
  private static final String PATH = "/oauth2/revocations";
  private static final long ALWAYS = 253_402_300_799L;

  private static TestGateway gateway;
  private static TestRegistry registry;
  private static Administrator admin;

  @BeforeAll
  static void start() {
    gateway = TestGateway.start();
    registry = gateway.registry();
    admin = Administrator.of(gateway);
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  private static HttpRequest.Builder request(String query) {
    return HttpRequest.newBuilder(gateway.publicUri(PATH + query));
  }

  private static HttpResponse<String> get(String query, String... headers) {
    HttpRequest.Builder request = request(query);
    if (headers.length > 0) {
      request.headers(headers);
    }
    return gateway.send(request.build());
  }

  private static void revoke(String member, String id) {
    assertThat(admin.post("/revocations", "{\"%s\": \"%s\"}".formatted(member, id)).status())
        .isEqualTo(201);
  }

  private static SignedJWT verified(String document) throws Exception {
    SignedJWT jwt = SignedJWT.parse(document);
    JWSVerifier verifier =
        new ECDSAVerifier(
            JWKSet.parse(gateway.get(gateway.jwksUri()).body())
                .getKeyByKeyId(jwt.getHeader().getKeyID())
                .toECKey());
    assertThat(jwt.verify(verifier)).isTrue();
    assertThat(jwt.getHeader().getType().getType()).isEqualTo("revocations+jwt");
    assertThat(jwt.getJWTClaimsSet().getIssuer()).isEqualTo(gateway.issuer());
    return jwt;
  }

  @SuppressWarnings("unchecked")
  private static List<Map<String, Object>> lines(SignedJWT document) throws Exception {
    return (List<Map<String, Object>>) document.getJWTClaimsSet().getClaim("lines");
  }

  private static String hashed(SignedJWT document, String id) throws Exception {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(
        new SecretKeySpec(
            new Base64URL(document.getJWTClaimsSet().getStringClaim("salt")).decode(),
            "HmacSHA256"));
    return Base64URL.encode(Arrays.copyOf(mac.doFinal(id.getBytes(StandardCharsets.UTF_8)), 16))
        .toString();
  }

  @Test
  void document_namesTokens_andOnlyHashesOfAgents() throws Exception {
    TestRegistry.Agent agent = registry.agent();
    registry.awaitIndex();
    revoke("agent", agent.clientId());
    revoke("token", "a-jti-of-the-test");
    HttpResponse<String> answer = get("");
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("content-type")).contains("application/jwt");
    assertThat(answer.headers().firstValue("cache-control")).contains("no-cache");
    assertThat(answer.headers().firstValue("access-control-allow-origin")).contains("*");
    SignedJWT document = verified(answer.body());
    assertThat(document.getPayload().toString()).doesNotContain(agent.clientId());
    assertThat(lines(document))
        .anySatisfy(
            line -> {
              assertThat(line.get("kind")).isEqualTo("client");
              assertThat(line.get("id")).isEqualTo(hashed(document, agent.clientId()));
              assertThat((Long) line.get("not_before")).isLessThan(ALWAYS);
            })
        .anySatisfy(
            line -> {
              assertThat(line.get("kind")).isEqualTo("token");
              assertThat(line.get("id")).isEqualTo("a-jti-of-the-test");
            });
  }

  @Test
  void lineOfOneAudience_namesItByItsHashToo() throws Exception {
    TestRegistry.Agent agent = registry.agent();
    TestRegistry.Resource service = registry.service("a");
    registry.grant(agent, service, "a");
    registry.run("delete from resource_grant where client_id = ?", agent.clientId());
    registry.awaitIndex();
    SignedJWT document = verified(get("").body());
    assertThat(lines(document))
        .anySatisfy(
            line -> {
              assertThat(line.get("id")).isEqualTo(hashed(document, agent.clientId()));
              assertThat(line.get("resource")).isEqualTo(hashed(document, service.audience()));
            });
  }

  @Test
  void entityTag_isTheSameAtEveryGateway_andAnswers304() {
    revoke("token", "for-the-tag");
    String etag = get("").headers().firstValue("etag").orElseThrow();
    assertThat(get("", "If-None-Match", etag).statusCode()).isEqualTo(304);
    try (TestGateway other = TestGateway.start(gateway.databaseUrl(), UnaryOperator.identity())) {
      assertThat(other.get(other.publicUri(PATH)).headers().firstValue("etag")).contains(etag);
    }
    revoke("token", "for-another-tag");
    assertThat(get("", "If-None-Match", etag).statusCode()).isEqualTo(200);
  }

  @Test
  void longPoll_isAnsweredByAChange_orAtItsEnd() throws Exception {
    revoke("token", "before-the-poll");
    String etag = get("").headers().firstValue("etag").orElseThrow();
    try (HttpClient http = HttpClient.newHttpClient()) {
      CompletableFuture<HttpResponse<String>> waiting =
          http.sendAsync(
              request("?wait=PT30S").header("If-None-Match", etag).build(),
              BodyHandlers.ofString());
      revoke("token", "during-the-poll");
      HttpResponse<String> answer = waiting.get(20, TimeUnit.SECONDS);
      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(lines(verified(answer.body())))
          .anySatisfy(line -> assertThat(line.get("id")).isEqualTo("during-the-poll"));
      String next = answer.headers().firstValue("etag").orElseThrow();
      assertThat(get("?wait=PT0.1S", "If-None-Match", next).statusCode()).isEqualTo(304);
    }
  }

  @Test
  void events_haveTheWholeFirst_thenEachChange() throws Exception {
    revoke("token", "before-the-stream");
    try (HttpClient http = HttpClient.newHttpClient()) {
      HttpResponse<InputStream> stream =
          http.send(
              request("").header("Accept", "text/event-stream").build(),
              BodyHandlers.ofInputStream());
      assertThat(stream.headers().firstValue("content-type")).contains("text/event-stream");
      try (BufferedReader reader = reader(stream.body())) {
        assertThat(lines(event(reader, "lines")))
            .anySatisfy(line -> assertThat(line.get("id")).isEqualTo("before-the-stream"));
        for (String jti : List.of("first-change", "second-change")) {
          revoke("token", jti);
          assertThat(lines(event(reader, "change")))
              .singleElement()
              .satisfies(line -> assertThat(line.get("id")).isEqualTo(jti));
        }
      }
    }
  }

  @Test
  void readersThatAreSlow_costNoMoreThanTheirQueues_andHaveAllInTheEnd() throws Exception {
    registry.run(
        """
        insert into not_before_line (kind, id, not_before, ends_at, revocation_id)
        select 'token', 'slow-' || i || repeat('x', 240), 'infinity', not_before_end(),
               revocation_id()
          from generate_series(1, 20000) i
        """);
    registry.awaitIndex();
    long before = PlatformDependent.usedDirectMemory();
    List<Socket> documents = new ArrayList<>();
    List<Socket> streams = new ArrayList<>();
    try {
      for (int i = 0; i < 20; i++) {
        documents.add(ask("application/jwt"));
        streams.add(ask("text/event-stream"));
      }
      revoke("token", "while-they-are-slow");
      assertThat(PlatformDependent.usedDirectMemory() - before).isLessThan(40_000_000);

      BufferedReader document = afterHeaders(documents.getFirst());
      assertThat(lines(verified(document.readLine()))).hasSizeGreaterThan(20_000);
      BufferedReader stream = afterHeaders(streams.getFirst());
      assertThat(lines(event(stream, "lines"))).hasSizeGreaterThan(20_000);
      assertThat(lines(event(stream, "change")))
          .singleElement()
          .satisfies(line -> assertThat(line.get("id")).isEqualTo("while-they-are-slow"));
    } finally {
      for (Socket each : documents) {
        each.close();
      }
      for (Socket each : streams) {
        each.close();
      }
      registry.run("delete from not_before_line where id like 'slow-%'");
      registry.awaitIndex();
    }
  }

  /**
   * A reader that has read the first byte and no more; by HTTP/1.0, so that the answer is not
   * chunked.
   */
  private static Socket ask(String accepted) throws IOException {
    Socket socket = new Socket();
    socket.setReceiveBufferSize(4_096);
    socket.connect(
        new InetSocketAddress(InetAddress.getLoopbackAddress(), gateway.publicUri("").getPort()));
    String request = "GET " + PATH + " HTTP/1.0\r\nAccept: " + accepted + "\r\n\r\n";
    socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
    assertThat(socket.getInputStream().read()).isEqualTo('H');
    return socket;
  }

  private static BufferedReader afterHeaders(Socket socket) throws IOException {
    BufferedReader reader = reader(socket.getInputStream());
    String line = reader.readLine();
    while (!line.isEmpty()) {
      line = reader.readLine();
    }
    return reader;
  }

  private static BufferedReader reader(InputStream body) {
    return new BufferedReader(new InputStreamReader(body, StandardCharsets.US_ASCII));
  }

  private static SignedJWT event(BufferedReader reader, String name) throws Exception {
    String line = reader.readLine();
    while (line.isEmpty() || line.startsWith(":")) {
      line = reader.readLine();
    }
    assertThat(line).isEqualTo("event: " + name);
    return verified(field(reader, "data: "));
  }

  private static String field(BufferedReader reader, String name) throws IOException {
    String line = reader.readLine();
    assertThat(line).startsWith(name);
    return line.substring(name.length());
  }

  @ParameterizedTest
  @ValueSource(strings = {"PT2M", "soon", "-PT1S", ""})
  void wait_thatIsNone_isRefused(String wait) {
    assertThat(get("?wait=" + wait).statusCode()).isEqualTo(400);
  }

  @Test
  void otherMethods_areRefused_andHeadHasNoBody() {
    assertThat(
            gateway
                .send(request("").POST(HttpRequest.BodyPublishers.ofString("x")).build())
                .statusCode())
        .isEqualTo(405);
    HttpResponse<String> head =
        gateway.send(request("").method("HEAD", HttpRequest.BodyPublishers.noBody()).build());
    assertThat(head.statusCode()).isEqualTo(200);
    assertThat(head.body()).isEmpty();
    assertThat(head.headers().firstValue("etag")).isPresent();
  }
}
