package io.postern.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.postern.admin.registry.UnsentKey;
import io.postern.cli.AdminClient;
import io.postern.cli.CommandFailedException;
import io.postern.cli.PlanText;
import io.postern.cli.TopologyClient;
import io.postern.cli.TopologyClient.Mode;
import io.postern.cli.TopologyFiles;
import io.postern.cli.ValueSources;
import java.io.Console;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code postern apply}. */
@Command(
    mixinStandardHelpOptions = true,
    description =
        "Makes agents, services, scopes, public keys, grants, hosted credentials and links what"
            + " files say: all of it, or, when something is wrong, nothing.",
    footer = {
      "",
      "What the files name is created or changed; a grant has the scopes that they say, no others."
          + " What they do not name stays, unless --prune is given.",
      "",
      "The value of a hosted credential is read on this machine: value_from: {env: NAME} or {file:"
          + " PATH}, relative to the file that says so. With optional: true it need not be there:"
          + " then what the credential has stays."
    })
final class ApplyCommand implements Callable<Integer> {
  private static final int CHANGES = 3;

  @Mixin private AdminOptions adminOptions;
  @Spec private CommandSpec spec;

  @Option(
      names = {"-f", "--file"},
      paramLabel = "FILE",
      required = true,
      description =
          "YAML or JSON, a folder of such files and folders, or - for standard input; may be"
              + " repeated.")
  List<Path> files = List.of();

  @Option(names = "--dry-run", description = "Only show what would change.")
  boolean dryRun;

  @Option(
      names = "--prune",
      description =
          "Delete what the files do not name: agents, services, scopes, keys and grants; never the"
              + " administrator postern-admin. Hosted credentials and links only where a list"
              + " 'credentials' stands in a file, even an empty one.")
  boolean prune;

  @Option(
      names = "--allow-empty",
      description =
          "With --prune, take a file or standard input that names nothing for what is meant.")
  boolean allowEmpty;

  @Option(names = "--yes", description = "Delete without asking.")
  boolean yes;

  @Option(
      names = "--detailed-exitcode",
      description = "Exit with status 3 if there were changes, with --dry-run if there would be.")
  boolean detailedExitCode;

  @Option(names = "--json", description = "Show JSON, for scripts.")
  boolean json;

  @Override
  public Integer call() {
    TopologyFiles topology = TopologyFiles.read(files);
    for (String hidden : topology.leftOut()) {
      spec.commandLine().getErr().println("Left out, since it is hidden: " + hidden);
    }
    if (prune && !allowEmpty && !topology.empty().isEmpty()) {
      // what a pipe brings whose first command has failed
      throw new CommandFailedException(
          ("nothing was changed: --prune deletes what is not named, and %s no service, agent or"
                      + " credential;")
                  .formatted(nothing(topology.empty()))
              + " if that is meant, give --allow-empty");
    }
    // before the values are in it: those are to be sent
    topology.requireSendable(ApplyCommand::whyNot);
    for (String kept : topology.readValues(new ValueSources(Environment.of(spec)))) {
      spec.commandLine().getErr().println(kept);
    }
    try (AdminClient api = adminOptions.connect()) {
      boolean terminal = Terminal.isCapable(System.getenv());
      TopologyClient client = new TopologyClient(api, spec.commandLine().getErr(), terminal);
      String confirmed = prune && !yes && !dryRun ? confirm(client, topology) : null;
      return run(client, topology, new Mode(dryRun, prune, confirmed));
    }
  }

  private static @Nullable String whyNot(JsonNode element) {
    String reason = UnsentKey.whyNot(element);
    for (JsonNode pem : element.findValues("pem")) {
      if (reason == null && pem.isTextual()) {
        reason = UnsentKey.whyNot(pem.textValue());
      }
    }
    return reason;
  }

  private static String nothing(List<String> sources) {
    return String.join(", ", sources) + (sources.size() == 1 ? " names" : " name");
  }

  private int run(TopologyClient client, TopologyFiles topology, Mode mode) {
    JsonNode summary;
    if (json) {
      ArrayNode changes = JsonNodeFactory.instance.arrayNode();
      JsonNode result = client.apply(topology, mode, changes::add);
      ObjectNode all = result.deepCopy();
      all.set("changes", changes);
      spec.commandLine().getOut().println(all.toPrettyString());
      summary = result.path("summary");
    } else {
      summary = show(client, topology, mode).path("summary");
    }
    boolean changed = false;
    for (JsonNode count : summary) {
      changed |= count.asLong() > 0;
    }
    return changed && detailedExitCode ? CHANGES : 0;
  }

  private JsonNode show(TopologyClient client, TopologyFiles topology, Mode mode) {
    PlanText text = new PlanText(spec.commandLine().getOut(), colours());
    JsonNode result = client.apply(topology, mode, text::add);
    text.end(result);
    return result;
  }

  /**
   * Shows what would be deleted, if anything, and asks.
   *
   * @return the state that this is about
   */
  private String confirm(TopologyClient client, TopologyFiles topology) {
    PlanText text = new PlanText(spec.commandLine().getErr(), colours());
    JsonNode plan = client.apply(topology, new Mode(true, true, null), text::add);
    long deleted = plan.path("summary").path("delete").asLong();
    if (deleted > 0) {
      text.end(plan);
      ask(deleted);
    }
    return plan.path("etag").asText();
  }

  private static void ask(long deleted) {
    Console console = Terminal.console();
    if (console == null) {
      throw new CommandFailedException("nothing was changed: to delete, give --yes");
    }
    String answer = console.readLine("Delete %d, and make the other changes? [yes/no] ", deleted);
    if (!"yes".equals(answer)) {
      throw new CommandFailedException("nothing was changed");
    }
  }

  private boolean colours() {
    return spec.commandLine().getColorScheme().ansi().enabled();
  }
}
