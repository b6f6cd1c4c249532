package io.postern.command;

import io.postern.cli.AdminClient;
import io.postern.cli.CommandFailedException;
import io.postern.cli.TopologyClient;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code postern export}. */
@Command(
    name = "export",
    mixinStandardHelpOptions = true,
    description =
        "Writes all agents and services, with their scopes, public keys and grants, as YAML that"
            + " postern apply takes. No secrets.")
final class ExportCommand implements Callable<Integer> {
  @Mixin private AdminOptions adminOptions;
  @Spec private CommandSpec spec;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      description = "Where to write it. Default: standard output.")
  @Nullable Path output;

  @Option(names = "--json", description = "Write JSON.")
  boolean json;

  @Override
  public Integer call() {
    try (AdminClient api = adminOptions.connect()) {
      export(new TopologyClient(api, spec.commandLine().getErr(), false));
      return 0;
    } catch (IOException e) {
      throw new CommandFailedException(
          output == null ? "the export broke off" : "the export to " + output + " broke off");
    }
  }

  private void export(TopologyClient client) throws IOException {
    if (output == null) {
      client.export(json, spec.commandLine().getOut());
      spec.commandLine().getOut().flush();
      return;
    }
    // what breaks off leaves the file as it was
    Path draft = output.resolveSibling(output.getFileName() + ".new");
    try (Writer writer = Files.newBufferedWriter(draft)) {
      client.export(json, writer);
    }
    Files.move(draft, output, StandardCopyOption.REPLACE_EXISTING);
  }
}
