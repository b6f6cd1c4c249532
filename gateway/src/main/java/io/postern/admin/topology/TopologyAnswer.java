package io.postern.admin.topology;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.postern.admin.protocol.AnswerStream;
import io.postern.admin.protocol.Problem;
import io.postern.store.registry.ApplicationRow.Scope;
import io.postern.store.topology.Topology;
import io.postern.store.topology.TopologyPlan;
import io.postern.store.topology.TopologyPlan.Change;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The answer to an application of a topology: one JSON object at the end, or lines of JSON from the
 * start, which tell how far it is.
 */
final class TopologyAnswer {
  static final String LINES = "application/x-ndjson";

  private static final long INTERVAL_NANOS = 200_000_000;
  private static final ObjectMapper JSON = new ObjectMapper(new JsonFactory());

  private final AnswerStream stream;
  private final @Nullable OutputStream lines;
  private String phase = "";
  private long done;
  private long told;

  /**
   * @param inLines whether to answer in lines, of which the first is sent now
   */
  TopologyAnswer(AnswerStream stream, boolean inLines) {
    this.stream = stream;
    this.lines = inLines ? stream.begin(LINES, Map.of()) : null;
  }

  /**
   * Tells that some more of a phase is done.
   *
   * @throws UncheckedIOException when whoever asked is gone, so that nothing is done
   */
  void progress(String name, long more, long total) {
    if (stream.abandoned()) {
      throw new UncheckedIOException(new IOException("whoever asked is gone"));
    }
    tell(name, more, total);
  }

  /** Tells the same when there is no way back. */
  void tell(String name, long more, long total) {
    boolean begins = !name.equals(phase);
    phase = name;
    done = begins ? more : done + more;
    long now = System.nanoTime();
    if (lines != null && (begins || done == total || now - told > INTERVAL_NANOS)) {
      told = now;
      line(JSON.createObjectNode().put("phase", name).put("done", done).put("total", total));
    }
  }

  /** Ends it with the plan, and with what there is to say besides. */
  void end(ObjectNode result, Map<String, String> headers, TopologyPlan plan) {
    try {
      write(result, headers, plan);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void write(ObjectNode result, Map<String, String> headers, TopologyPlan plan)
      throws IOException {
    if (lines != null) {
      forEach(plan, change -> line(JSON.createObjectNode().set("change", change)));
      line(JSON.createObjectNode().set("result", result));
      lines.close();
      return;
    }
    try (JsonGenerator json =
        JSON.getFactory().createGenerator(stream.begin("application/json", headers))) {
      json.writeStartObject();
      for (Map.Entry<String, ?> member : result.properties()) {
        json.writePOJOField(member.getKey(), member.getValue());
      }
      json.writeArrayFieldStart("changes");
      forEach(plan, change -> write(json, change));
      json.writeEndArray();
      json.writeEndObject();
    }
  }

  /** Ends lines with a problem; an answer that has not begun is left to be one itself. */
  void end(Problem problem) throws IOException {
    if (lines != null && !stream.abandoned()) {
      line(JSON.createObjectNode().set("problem", problem.body()));
      lines.close();
    }
  }

  private void line(ObjectNode json) {
    OutputStream out = lines;
    if (out != null) {
      try {
        out.write((json + "\n").getBytes(StandardCharsets.UTF_8));
        if (!json.has("change")) {
          out.flush();
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private static void write(JsonGenerator json, ObjectNode node) {
    try {
      json.writeTree(node);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void forEach(TopologyPlan plan, Consumer<ObjectNode> consumer) {
    for (Change<Topology.Service> change : plan.services()) {
      consumer.accept(json("service", "audience", change, TopologyJson::members));
    }
    for (Change<Scope> change : plan.scopes()) {
      consumer.accept(
          json("scope", "audience", change, TopologyJson::members)
              .put("value", change.subject().value()));
    }
    for (Change<Topology.Key> change : plan.serviceKeys()) {
      consumer.accept(
          json("key", "audience", change, TopologyJson::members)
              .put("kid", change.subject().kid()));
    }
    for (Change<Topology.Agent> change : plan.agents()) {
      consumer.accept(json("agent", "client_id", change, TopologyJson::members));
    }
    for (Change<Topology.Key> change : plan.keys()) {
      consumer.accept(
          json("key", "client_id", change, TopologyJson::members)
              .put("kid", change.subject().kid()));
    }
    for (Change<Topology.Grant> change : plan.grants()) {
      consumer.accept(
          json("grant", "client_id", change, TopologyJson::members)
              .put("audience", change.subject().audience()));
    }
    for (Change<Topology.Credential> change : plan.credentials()) {
      ObjectNode json = json("credential", "identifier", change, CredentialJson::members);
      if (change.subject().value() != null) {
        // that it is another one is all that anybody is told
        json.withObject("members").putObject("value");
      }
      consumer.accept(json);
    }
    for (Change<Topology.Link> change : plan.links()) {
      consumer.accept(
          json("link", "client_id", change, CredentialJson::members)
              .put("identifier", change.subject().identifier()));
    }
  }

  private static <T> ObjectNode json(
      String type, String name, Change<T> change, Function<T, ObjectNode> members) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("action", change.action().name().toLowerCase(Locale.ROOT)).put("type", type);
    json.put(name, change.owner());
    ObjectNode empty = JsonNodeFactory.instance.objectNode();
    ObjectNode before = change.before() == null ? empty : members.apply(change.before());
    ObjectNode after = change.after() == null ? empty : members.apply(change.after());
    ObjectNode changed = json.putObject("members");
    for (Map.Entry<String, ?> member : members.apply(change.subject()).properties()) {
      String key = member.getKey();
      if (!before.path(key).equals(after.path(key))) {
        changed.set(key, sides(before, after, key));
      }
    }
    return json;
  }

  private static ObjectNode sides(ObjectNode before, ObjectNode after, String member) {
    ObjectNode sides = JsonNodeFactory.instance.objectNode();
    if (before.has(member)) {
      sides.set("before", before.get(member));
    }
    if (after.has(member)) {
      sides.set("after", after.get(member));
    }
    return sides;
  }
}
