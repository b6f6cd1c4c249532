package io.postern.tracing;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import io.opentelemetry.proto.trace.v1.Span;
import io.postern.GatewaySettings;
import io.postern.testing.CapturedLog;
import io.postern.testing.ChangedSettings;
import io.postern.testing.OtlpReceiver;
import io.postern.testing.TestGateway;
import io.postern.testing.TokenCall;
import java.net.URI;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.slf4j.bridge.SLF4JBridgeHandler;

class TracingTest {
  private static final String PARENT = "00f067aa0ba902b7";

  private static OtlpReceiver receiver;
  private static TestGateway gateway;
  private static String adminToken;

  @BeforeAll
  static void start() {
    receiver = new OtlpReceiver();
    // nothing is recorded but what clients ask for
    gateway = TestGateway.start(tracing(receiver.endpoint(), 0));
    adminToken = adminToken(gateway);
  }

  @AfterAll
  static void stop() {
    gateway.close();
    receiver.close();
  }

  private static UnaryOperator<GatewaySettings> tracing(URI endpoint, double sampling) {
    return ChangedSettings.tracing(
        new TracingSettings(TracingSettings.endpoint(endpoint.toString()), sampling));
  }

  private static String adminToken(TestGateway gateway) {
    return administrator(gateway).send().accessToken();
  }

  private static TokenCall administrator(TestGateway gateway) {
    return TokenCall.to(gateway)
        .basic("postern-admin", TestGateway.ADMIN_SECRET)
        .clientCredentials()
        .param("audience", "urn:postern:admin");
  }

  private static void listAgents(String traceparent) {
    HttpRequest request =
        HttpRequest.newBuilder(gateway.managementUri("/admin/v1/agents?name=in-the-query"))
            .header("Authorization", "Bearer " + adminToken)
            .header("traceparent", traceparent)
            .build();
    assertThat(gateway.send(request).statusCode()).isEqualTo(200);
  }

  @Test
  void adminRequest_ofASampledTrace_isInIt_withItsStatementsBeneath() {
    String trace = "4bf92f3577b34da6a3ce929d0e0e4736";
    listAgents("00-" + trace + "-" + PARENT + "-01");

    Span request = awaitSpan(trace, span -> span.getKind() == Span.SpanKind.SPAN_KIND_SERVER);
    assertThat(OtlpReceiver.hex(request.getParentSpanId().toByteArray())).isEqualTo(PARENT);
    assertThat(OtlpReceiver.attributes(request))
        .containsEntry("url.path", "/admin/v1/agents")
        .containsEntry("http.response.status_code", "200");
    Span statement = awaitSpan(trace, span -> span.getKind() == Span.SpanKind.SPAN_KIND_CLIENT);
    assertThat(statement.getParentSpanId()).isEqualTo(request.getSpanId());
    assertThat(receiver.spans(trace)).allMatch(span -> !span.toString().contains("in-the-query"));
  }

  @Test
  void tokenRequest_ofASampledTrace_isInIt_withItsOutcome_andIsAnExemplar() {
    String trace = "5bf92f3577b34da6a3ce929d0e0e4736";
    String refused = "6bf92f3577b34da6a3ce929d0e0e4736";
    TokenCall.to(gateway)
        .basic("postern-admin", "wrong-secret-0123456789")
        .clientCredentials()
        .param("audience", "urn:postern:admin")
        .header("traceparent", "00-" + refused + "-" + PARENT + "-01")
        .send();
    TokenCall.Answer answer =
        administrator(gateway).header("traceparent", "00-" + trace + "-" + PARENT + "-01").send();

    Span span = awaitSpan(trace, any -> true);
    // none of Vert.x, which would have ended earlier
    assertThat(receiver.spans(trace)).hasSize(1);
    assertThat(OtlpReceiver.hex(span.getParentSpanId().toByteArray())).isEqualTo(PARENT);
    assertThat(OtlpReceiver.attributes(span))
        .isEqualTo(
            Map.of(
                "http.response.status_code",
                "200",
                "postern.outcome",
                "issued",
                "postern.decision_id",
                answer.response().headers().firstValue("postern-decision-id").orElseThrow()));
    assertThat(span.getEndTimeUnixNano()).isGreaterThan(span.getStartTimeUnixNano());
    assertThat(OtlpReceiver.attributes(awaitSpan(refused, any -> true)))
        .containsEntry("http.response.status_code", "401")
        .containsEntry("postern.outcome", "wrong_secret");
    HttpRequest scrape =
        HttpRequest.newBuilder(gateway.managementUri("/metrics"))
            .header("Accept", "application/openmetrics-text; version=1.0.0")
            .build();
    assertThat(gateway.send(scrape).body().lines())
        .anyMatch(
            line ->
                line.startsWith("postern_token_request_duration_seconds_bucket{")
                    && line.contains("# {trace_id=\"" + trace + "\"}"));
  }

  @Test
  void traceThatIsNotSampled_isNotRecorded() {
    String not = "1bf92f3577b34da6a3ce929d0e0e4736";
    String sampled = "2bf92f3577b34da6a3ce929d0e0e4736";
    listAgents("00-" + not + "-" + PARENT + "-00");
    administrator(gateway).header("traceparent", "00-" + not + "-" + PARENT + "-00").send();
    listAgents("00-" + sampled + "-" + PARENT + "-01");

    // sent later than the other would have been
    awaitSpan(sampled, span -> span.getKind() == Span.SpanKind.SPAN_KIND_SERVER);
    assertThat(receiver.spans(not)).isEmpty();
  }

  @Test
  void receiverThatIsAway_isToldOfNowAndThen_andDelaysNobody() {
    SLF4JBridgeHandler.removeHandlersForRootLogger();
    SLF4JBridgeHandler.install();
    URI nobody = URI.create("http://127.0.0.1:" + TestGateway.freePort());
    try (CapturedLog log = CapturedLog.of("io.opentelemetry", Level.WARN)) {
      try (TestGateway alone = TestGateway.start(tracing(nobody, 1))) {
        for (int i = 0; i < 50; i++) {
          assertThat(administrator(alone).send().status()).isEqualTo(200);
        }
      }
      assertThat(log.lines()).hasSizeLessThan(10);
    } finally {
      SLF4JBridgeHandler.uninstall();
    }
  }

  private static Span awaitSpan(String trace, Predicate<Span> wanted) {
    long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (true) {
      List<Span> found = receiver.spans(trace).stream().filter(wanted).toList();
      if (!found.isEmpty()) {
        return found.getFirst();
      }
      assertThat(System.nanoTime()).as(trace).isLessThan(deadline);
      LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
    }
  }
}
