package io.postern.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.fasterxml.jackson.dataformat.yaml.util.StringQuotingChecker;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Topologies as commands send and get them: as they come, none is held whole as an answer. */
public final class TopologyClient {
  private static final String TOPOLOGY = "topology";

  /** The answer begins when the document has been read. */
  private static final Duration TIMEOUT = Duration.ofMinutes(10);

  private static final JsonMapper JSON = new JsonMapper();

  static final YAMLMapper YAML =
      YAMLMapper.builder(YAMLFactory.builder().stringQuotingChecker(new Quoting()).build())
          .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
          .disable(YAMLGenerator.Feature.SPLIT_LINES)
          .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
          .enable(YAMLGenerator.Feature.ALWAYS_QUOTE_NUMBERS_AS_STRINGS)
          .build();

  private final AdminClient api;
  private final PrintWriter err;
  private final boolean terminal;

  /**
   * A client that tells how far it is.
   *
   * @param terminal whether a person looks at {@code err}
   */
  public TopologyClient(AdminClient api, PrintWriter err, boolean terminal) {
    this.api = api;
    this.err = err;
    this.terminal = terminal;
  }

  /** How a topology is applied. */
  public record Mode(boolean dryRun, boolean prune, @Nullable String ifMatch) {}

  /**
   * Applies a topology.
   *
   * @param change is given each change
   * @return what there is to say of all
   * @throws CommandFailedException when none of it was done
   */
  public JsonNode apply(TopologyFiles topology, Mode mode, Consumer<JsonNode> change) {
    AdminClient.Call call =
        api.call("POST", TOPOLOGY)
            .query("dry_run", Boolean.toString(mode.dryRun))
            .query("prune", Boolean.toString(mode.prune))
            .body(topology.json())
            .places(topology::place)
            .timeout(TIMEOUT);
    if (mode.ifMatch != null) {
      call.header("If-Match", mode.ifMatch);
    }
    ProgressLine progress = new ProgressLine(err, terminal);
    try (var lines = reader(call.open("application/x-ndjson"))) {
      String line = lines.readLine();
      while (line != null) {
        JsonNode json = JSON.readTree(line);
        if (json.has("phase")) {
          progress.show(json);
        } else {
          progress.end();
        }
        if (json.has("change")) {
          change.accept(json.path("change"));
        } else if (json.has("problem")) {
          JsonNode problem = json.path("problem");
          throw ProblemText.failure(problem.path("status").asInt(), problem, topology::place);
        } else if (json.has("result")) {
          return json.path("result");
        }
        line = lines.readLine();
      }
    } catch (IOException e) {
      // said below
    } finally {
      progress.end();
    }
    throw new CommandFailedException(
        "the connection broke before the result; run it again to see what there is left to do");
  }

  /** Writes all that there is as YAML that {@link #apply} takes back, or as JSON. */
  public void export(boolean json, Writer out) throws IOException {
    try (InputStream body = api.call("GET", TOPOLOGY).timeout(TIMEOUT).open("application/json");
        JsonParser parser = JSON.createParser(body);
        JsonGenerator generator = (json ? JSON : YAML).createGenerator(out)) {
      generator.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
      if (json) {
        generator.useDefaultPrettyPrinter();
      }
      new TopologyExport(parser, generator).copy();
    }
  }

  /** Quotes what would be read as something else than the text. */
  private static final class Quoting extends StringQuotingChecker.Default {
    private static final long serialVersionUID = 1;

    @Override
    public boolean needToQuoteValue(String value) {
      return YamlScalars.needsQuotes(value) || super.needToQuoteValue(value);
    }
  }

  private static BufferedReader reader(InputStream body) {
    return new BufferedReader(new InputStreamReader(body, StandardCharsets.UTF_8));
  }
}
