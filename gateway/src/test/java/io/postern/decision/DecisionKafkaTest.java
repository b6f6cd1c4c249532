package io.postern.decision;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import io.postern.testing.CapturedLog;
import io.postern.testing.ChangedSettings;
import io.postern.testing.DecisionLines;
import io.postern.testing.Samples;
import io.postern.testing.TestGateway;
import io.postern.testing.TestKafka;
import io.postern.testing.TestRegistry;
import io.postern.testing.TokenCall;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The decision log in Kafka, with a real broker. */
class DecisionKafkaTest {
  private static final String TOPIC = "decisions";
  private static final String FAILED = "postern_decision_events_lost_total{cause=\"failed\"}";

  @TempDir private Path directory;

  @Test
  void events_arrive_andABrokerThatIsAway_keepsNobodyWaiting() throws Exception {
    try (TestKafka kafka = TestKafka.start(directory, TOPIC);
        CapturedLog captured = CapturedLog.of("io.postern.decision", Level.INFO);
        TestGateway gateway =
            TestGateway.start(
                ChangedSettings.decisions(
                    new DecisionSettings(
                        true,
                        new DecisionSettings.Destination.Kafka(
                            kafka.servers(),
                            TOPIC,
                            Map.of("request.timeout.ms", "3000", "delivery.timeout.ms", "4000")),
                        65_536,
                        0)))) {
      TestRegistry.Agent agent = gateway.registry().agent();
      gateway.registry().grant(agent, gateway.registry().service("read"), "read");
      TokenCall.Answer issued = TokenCall.by(gateway, agent).send();
      TokenCall.Answer refused =
          TokenCall.to(gateway).basic("nobody", "x").clientCredentials().send();

      List<ConsumerRecord<String, String>> records = kafka.read(TOPIC, 2);
      assertThat(records).extracting(ConsumerRecord::key).containsExactly(agent.clientId(), null);
      assertThat(records)
          .extracting(record -> new JsonObject(record.value()).getString("decision_id"))
          .containsExactly(
              issued.header("Postern-Decision-Id"), refused.header("Postern-Decision-Id"));
      DecisionLines.eventually(
          () -> Samples.of(gateway).get("postern_decision_events_written_total") == 2);

      kafka.stop();
      for (int i = 1; i <= 3; i++) {
        assertThat(TokenCall.by(gateway, agent).send().status()).isEqualTo(200);
      }
      DecisionLines.eventually(() -> Samples.of(gateway).get(FAILED) == 3);
      assertThat(TokenCall.by(gateway, agent).send().status()).isEqualTo(200);
      assertThat(captured.lines())
          .singleElement()
          .asString()
          .contains("ERROR", "Decisions cannot be sent to Kafka");
    }
  }
}
