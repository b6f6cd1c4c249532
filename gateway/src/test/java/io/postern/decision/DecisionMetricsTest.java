package io.postern.decision;

import static org.assertj.core.api.Assertions.assertThat;

import io.postern.jose.SignatureAlgorithm;
import io.postern.oauth.Refusal;
import io.postern.testing.ChangedSettings;
import io.postern.testing.Samples;
import io.postern.testing.TestAssertion;
import io.postern.testing.TestGateway;
import io.postern.testing.TestKey;
import io.postern.testing.TestRegistry;
import io.postern.testing.TokenCall;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class DecisionMetricsTest {
  private static TestGateway gateway;

  @BeforeAll
  static void start() {
    gateway = TestGateway.start();
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  private static String requests(String alg, String method, String outcome) {
    return "postern_token_requests_total{alg=\"%s\",method=\"%s\",outcome=\"%s\"}"
        .formatted(alg, method, outcome);
  }

  private static String refusals(String reason) {
    return "postern_token_refusals_total{reason=\"%s\"}".formatted(reason);
  }

  private static double count(Map<String, Double> samples, String outcome) {
    return samples.get(
        "postern_token_request_duration_seconds_count{outcome=\"%s\"}".formatted(outcome));
  }

  @Test
  void requests_areCounted_andNoStrangerMakesASeries() {
    TestRegistry.Agent agent = gateway.registry().agent();
    TestRegistry.Resource service = gateway.registry().service("read");
    gateway.registry().grant(agent, service, "read");
    TestKey key = TestKey.generate(SignatureAlgorithm.ES256);
    gateway.registry().key(agent, key.jwk());
    Map<String, Double> before = Samples.of(gateway);

    TokenCall.by(gateway, agent).send();
    TokenCall.to(gateway)
        .clientCredentials()
        .param("client_id", agent.clientId())
        .param("client_secret", agent.secret())
        .send();
    TestAssertion.call(gateway, key, agent.clientId()).send();
    gateway
        .registry()
        .run("update application set signing_alg = 'PS256' where id = ?", service.id());
    TokenCall.by(gateway, agent).send();
    TokenCall.by(gateway, agent).param("audience", "no\"where").send();
    TokenCall.to(gateway).basic("no\nbody", "x").clientCredentials().send();
    TokenCall.to(gateway).param("grant_type", "x{y}").send();
    TokenCall.to(gateway).send("DELETE");

    Map<String, Double> after = Samples.of(gateway);
    assertThat(after)
        .containsEntry(requests("ES256", "client_secret_basic", "issued"), 1.0)
        .containsEntry(requests("ES256", "client_secret_post", "issued"), 1.0)
        .containsEntry(requests("ES256", "private_key_jwt", "issued"), 1.0)
        .containsEntry(requests("PS256", "client_secret_basic", "issued"), 1.0)
        .containsEntry(requests("RS256", "client_secret_basic", "issued"), 0.0)
        .containsEntry(requests("none", "client_secret_basic", "refused"), 2.0)
        .containsEntry(requests("none", "private_key_jwt", "refused"), 0.0)
        .containsEntry(requests("none", "none", "refused"), 2.0)
        .containsEntry(refusals("unknown_target"), 1.0)
        .containsEntry(refusals("unknown_client"), 1.0)
        .containsEntry(refusals("unknown_grant_type"), 1.0)
        .containsEntry(refusals("not_post"), 1.0);
    assertThat(count(after, "issued")).isEqualTo(4);
    assertThat(count(after, "refused")).isEqualTo(4);
    assertThat(after.get("postern_token_request_duration_seconds_sum{outcome=\"issued\"}"))
        .isPositive();
    assertThat(
            after.get(
                "postern_token_request_duration_seconds_bucket{outcome=\"issued\",le=\"+Inf\"}"))
        .isEqualTo(4);
    assertThat(after.keySet().stream().filter(name -> name.startsWith("postern_token")))
        .containsExactlyInAnyOrderElementsOf(
            before.keySet().stream().filter(name -> name.startsWith("postern_token")).toList());
  }

  @Test
  void refusals_haveACounterForEachReason() {
    Map<String, Double> samples = Samples.of(gateway);
    for (Refusal reason : Refusal.values()) {
      assertThat(samples).containsKey(refusals(reason.label()));
    }
  }

  @Test
  void withoutRequestMetrics_thereIsNone_andTheAnswerIsTheSame() {
    try (TestGateway quiet =
        TestGateway.start(
            ChangedSettings.decisions(
                new DecisionSettings(false, new DecisionSettings.Destination.None(), 1_024, 0)))) {
      assertThat(TokenCall.to(quiet).send().header("Postern-Decision-Id")).isNotNull();
      assertThat(Samples.of(quiet).keySet()).noneMatch(name -> name.startsWith("postern_token"));
    }
  }

  @Test
  void durations_keepTheTraceOfABucketAsItsExemplar() {
    DurationHistogram histogram = new DurationHistogram();
    histogram.issued().add(100_000, null);
    histogram.issued().add(100_001, "0af7651916cd43dd8448eb211c80319c");
    histogram.issued().add(60_000_000_000L, null);

    HistogramSnapshot.HistogramDataPointSnapshot issued =
        ((HistogramSnapshot) histogram.collect()).getDataPoints().getFirst();
    assertThat(issued.getClassicBuckets().getCount(0)).isEqualTo(1);
    assertThat(issued.getClassicBuckets().getCount(1)).isEqualTo(1);
    assertThat(issued.getClassicBuckets().getCount(13)).isEqualTo(1);
    assertThat(issued.getSum()).isEqualTo(60.000200001);
    assertThat(issued.getExemplars())
        .singleElement()
        .satisfies(
            exemplar -> {
              assertThat(exemplar.getLabels().get("trace_id"))
                  .isEqualTo("0af7651916cd43dd8448eb211c80319c");
              assertThat(exemplar.getValue()).isEqualTo(0.000100001);
            });
  }
}
