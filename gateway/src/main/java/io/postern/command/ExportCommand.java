package io.postern.command;

import io.postern.cli.AdminClient;
import io.postern.cli.CommandFailedException;
import io.postern.cli.TopologyClient;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code postern export}. */
@Command(
    mixinStandardHelpOptions = true,
    description =
        "Writes all agents and services, with their scopes, public keys and grants, and all hosted"
            + " credentials with the links to them, as YAML that postern apply takes. No secrets:"
            + " for each value it names a variable that may hold it.")
final class ExportCommand implements Callable<Integer> {
  @Mixin private AdminOptions adminOptions;
  @Spec private CommandSpec spec;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      description = "Where to write it. Default, and -: standard output.")
  @Nullable Path output;

  @Option(names = "--json", description = "Write JSON.")
  boolean json;

  @Override
  public Integer call() {
    try (AdminClient api = adminOptions.connect()) {
      export(new TopologyClient(api, spec.commandLine().getErr(), false));
      return 0;
    } catch (IOException e) {
      String where = output == null ? "" : " to " + output;
      throw new CommandFailedException("the export%s broke off: %s".formatted(where, reason(e)));
    }
  }

  private void export(TopologyClient client) throws IOException {
    if (output == null || output.equals(Path.of("-"))) {
      client.export(json, spec.commandLine().getOut());
      spec.commandLine().getOut().flush();
    } else {
      OutputFile.write(output, writer -> client.export(json, writer));
    }
  }

  private static String reason(IOException e) {
    return switch (e) {
      case NoSuchFileException _ -> "there is no such folder";
      case AccessDeniedException _ -> "permission is denied";
      case FileSystemException file when file.getReason() != null -> file.getReason();
      default -> String.valueOf(e.getMessage());
    };
  }
}
