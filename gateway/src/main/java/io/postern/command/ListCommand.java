package io.postern.command;

import io.postern.cli.AdminClient;
import io.postern.cli.Display;
import java.util.Map;

/** Lists a collection of the admin API. */
class ListCommand extends AdminCommand {
  private final String collection;
  private final String[] columns;

  /**
   * A list of all that stands at the top of the API.
   *
   * @param columns the members that people see, in this order
   */
  ListCommand(String collection, String... columns) {
    this.collection = collection;
    this.columns = columns;
  }

  @Override
  final void run(AdminClient api, Display display) {
    display.list(api.list(filters(), path(api, collection)), columns);
  }

  /** Where the collection is. */
  String[] path(AdminClient api, String collection) {
    return new String[] {collection};
  }

  /** Query parameters by their names. */
  Map<String, String> filters() {
    return Map.of();
  }
}
