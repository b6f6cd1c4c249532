package io.postern.testing;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.MetadataVersion;

/** A real Kafka broker in this process, on free ports of the loopback. */
public final class TestKafka implements AutoCloseable {
  private final String servers;
  private final KafkaRaftServer server;
  private boolean stopped;

  private TestKafka(String servers, KafkaRaftServer server) {
    this.servers = servers;
    this.server = server;
  }

  /** Starts a broker with one topic of one partition. */
  public static TestKafka start(Path directory, String topic) throws Exception {
    String clients = "127.0.0.1:" + TestGateway.freePort();
    String controller = "127.0.0.1:" + TestGateway.freePort();
    Map<String, String> settings =
        Map.ofEntries(
            Map.entry("process.roles", "broker,controller"),
            Map.entry("node.id", "1"),
            Map.entry("log.dirs", directory.toString()),
            Map.entry("listeners", "CLIENTS://" + clients + ",CONTROLLER://" + controller),
            Map.entry("advertised.listeners", "CLIENTS://" + clients),
            Map.entry("listener.security.protocol.map", "CLIENTS:PLAINTEXT,CONTROLLER:PLAINTEXT"),
            Map.entry("inter.broker.listener.name", "CLIENTS"),
            Map.entry("controller.listener.names", "CONTROLLER"),
            Map.entry("controller.quorum.voters", "1@" + controller));
    new Formatter()
        .setClusterId(Uuid.randomUuid().toString())
        .setNodeId(1)
        .addDirectory(directory.toString())
        .setMetadataLogDirectory(directory.toString())
        .setControllerListenerName("CONTROLLER")
        .setReleaseVersion(MetadataVersion.latestProduction())
        .run();
    TestKafka kafka =
        new TestKafka(clients, new KafkaRaftServer(new KafkaConfig(settings), Time.SYSTEM));
    kafka.server.startup();
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", clients))) {
      admin.createTopics(List.of(new NewTopic(topic, 1, (short) 1))).all().get();
    }
    return kafka;
  }

  /** Where clients find it. */
  public String servers() {
    return servers;
  }

  /** The first records of a topic, waiting for so many. */
  public List<ConsumerRecord<String, String>> read(String topic, int count) {
    List<ConsumerRecord<String, String>> records = new ArrayList<>();
    try (KafkaConsumer<String, String> consumer =
        new KafkaConsumer<>(
            Map.of("bootstrap.servers", servers),
            new StringDeserializer(),
            new StringDeserializer())) {
      TopicPartition partition = new TopicPartition(topic, 0);
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));
      DecisionLines.eventually(
          () -> {
            consumer.poll(Duration.ofMillis(100)).forEach(records::add);
            return records.size() >= count;
          });
    }
    return records;
  }

  /** Takes it away. */
  public void stop() {
    if (!stopped) {
      stopped = true;
      server.shutdown();
      server.awaitShutdown();
    }
  }

  @Override
  public void close() {
    stop();
  }
}
