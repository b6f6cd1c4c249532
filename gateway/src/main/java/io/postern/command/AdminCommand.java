package io.postern.command;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.postern.cli.AdminClient;
import io.postern.cli.Display;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** A command of daily work: one that asks the admin API, and shows what it answers. */
@Command(mixinStandardHelpOptions = true)
abstract class AdminCommand implements Callable<Integer> {
  @Mixin private AdminOptions adminOptions;
  @Spec private CommandSpec spec;

  @Option(names = "--json", description = "Show JSON, for scripts.")
  boolean json;

  @Override
  public final Integer call() {
    try (AdminClient api = adminOptions.connect()) {
      run(api, new Display(spec.commandLine().getOut(), json));
    }
    return 0;
  }

  /** Does what the command is for. */
  abstract void run(AdminClient api, Display display);

  /** A body, to be filled. */
  static ObjectNode body() {
    return JsonNodeFactory.instance.objectNode();
  }

  /** Adds a member unless it was not given. */
  static void put(ObjectNode body, String member, @Nullable String value) {
    if (value != null) {
      body.put(member, value);
    }
  }
}
