package io.postern.command;

import io.postern.cli.AdminClient;
import io.postern.cli.Display;
import picocli.CommandLine.Mixin;

/** Deletes a named resource. */
final class DeleteCommand extends AdminCommand {
  @Mixin private final Named resource;

  DeleteCommand(Named resource) {
    this.resource = resource;
  }

  @Override
  void run(AdminClient api, Display display) {
    api.call("DELETE", resource.path(api)).send();
    display.say("Deleted " + resource);
  }
}
