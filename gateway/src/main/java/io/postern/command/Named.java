package io.postern.command;

import io.postern.cli.AdminClient;
import java.util.Arrays;
import java.util.stream.Stream;

/**
 * A resource of the admin API that the parameters of a command name; it declares them. Its text
 * form is the resource as people call it, such as {@code agent clerk}.
 */
interface Named {
  /** The segments of its path. */
  String[] path(AdminClient api);

  /** The segments of what stands below it. */
  default String[] path(AdminClient api, String... below) {
    return Stream.concat(Arrays.stream(path(api)), Arrays.stream(below)).toArray(String[]::new);
  }

  /** How it was named. */
  String given();
}
