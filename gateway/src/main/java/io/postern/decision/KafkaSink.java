package io.postern.decision;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends events to Kafka, each a record whose key is the client's id. A client that was not
 * authenticated is no key: a stranger would choose the partition.
 *
 * <p>What waits for a broker is bounded by the producer's memory; when that is full, or no broker
 * was ever seen, {@code send} blocks the writer's thread and the queue before it fills.
 */
final class KafkaSink implements DecisionSink {
  private static final Logger LOG = LoggerFactory.getLogger(KafkaSink.class);
  private static final Duration LAST_SENDS = Duration.ofSeconds(4);

  private final String topic;
  private final DecisionCounts counts;
  private final DecisionJson json = new DecisionJson();
  private final StringBuilder line = new StringBuilder();
  private final AtomicBoolean failing = new AtomicBoolean();
  private final KafkaProducer<byte @Nullable [], byte[]> producer;

  KafkaSink(DecisionSettings.Destination.Kafka settings, DecisionCounts counts) {
    this.topic = settings.topic();
    this.counts = counts;
    try {
      this.producer = new KafkaProducer<>(configuration(settings));
    } catch (KafkaException e) {
      // its own message tells nothing
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw new IllegalArgumentException(
          "Kafka's producer for the decision log does not start: " + cause.getMessage(), e);
    }
  }

  private static Map<String, Object> configuration(DecisionSettings.Destination.Kafka settings) {
    Map<String, Object> configuration = new HashMap<>();
    configuration.put(ProducerConfig.CLIENT_ID_CONFIG, "postern-decisions");
    configuration.put(ProducerConfig.LINGER_MS_CONFIG, 20);
    configuration.put(ProducerConfig.BATCH_SIZE_CONFIG, 64 * 1024);
    configuration.put(ProducerConfig.BUFFER_MEMORY_CONFIG, 32L * 1024 * 1024);
    configuration.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, 1_000);
    configuration.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, 10_000);
    configuration.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 30_000);
    configuration.putAll(settings.properties());
    // not to be changed: an event counts as written when it is
    configuration.put(ProducerConfig.ACKS_CONFIG, "all");
    configuration.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, settings.servers());
    configuration.put(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
    configuration.put(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
    return configuration;
  }

  // what became of a record, the callback is told
  @SuppressWarnings("FutureReturnValueIgnored")
  @Override
  public void take(DecisionEvent event) {
    line.setLength(0);
    json.append(line, event);
    String clientId = event.authenticated() ? event.clientId() : null;
    ProducerRecord<byte @Nullable [], byte[]> sent =
        new ProducerRecord<>(
            topic,
            clientId == null ? null : clientId.getBytes(US_ASCII),
            line.toString().getBytes(US_ASCII));
    try {
      producer.send(sent, (metadata, e) -> settled(e));
    } catch (KafkaException e) {
      settled(e);
    }
  }

  // on the producer's thread, too
  private void settled(@Nullable Exception e) {
    if (e == null) {
      counts.written(1);
      if (failing.compareAndSet(true, false)) {
        LOG.info("Decisions are sent to Kafka again");
      }
    } else {
      counts.failed(1);
      if (failing.compareAndSet(false, true)) {
        LOG.error("Decisions cannot be sent to Kafka and are lost: {}", e.toString());
      }
    }
  }

  /** Does nothing: the producer sends a batch when it is full or has waited. */
  @Override
  public void flush() {}

  @Override
  public void close() {
    producer.close(LAST_SENDS);
  }
}
