package io.postern.command;

import io.postern.cli.AdminClient;
import picocli.CommandLine.Mixin;

/** Lists what a named resource has. */
final class ListOfCommand extends ListCommand {
  @Mixin private final Named owner;

  /**
   * A list of what stands below another resource.
   *
   * @param columns the members that people see, in this order
   */
  ListOfCommand(Named owner, String collection, String... columns) {
    super(collection, columns);
    this.owner = owner;
  }

  @Override
  String[] path(AdminClient api, String collection) {
    return owner.path(api, collection);
  }
}
