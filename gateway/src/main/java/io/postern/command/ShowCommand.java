package io.postern.command;

import io.postern.cli.AdminClient;
import io.postern.cli.Display;
import picocli.CommandLine.Mixin;

/** Shows a named resource. */
final class ShowCommand extends AdminCommand {
  @Mixin private final Named resource;

  ShowCommand(Named resource) {
    this.resource = resource;
  }

  @Override
  void run(AdminClient api, Display display) {
    display.one(api.get(resource.path(api)));
  }
}
