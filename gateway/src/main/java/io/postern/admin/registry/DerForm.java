package io.postern.admin.registry;

import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Something that DER may be. Each is a lambda, not a reference to a constructor: of some classes
 * that an AOT cache leaves out, as those of signed jars are, one ends the JVM that makes the cache.
 */
@FunctionalInterface
interface DerForm<T> {
  /** Reads it; fails in any way when it is something else. */
  T parse(byte[] der) throws IOException;

  /** The same, with null for something else. */
  default @Nullable T find(byte[] der) {
    try {
      return parse(der);
    } catch (IOException | RuntimeException e) {
      // parsers throw all kinds of exceptions for what is not theirs
      return null;
    }
  }

  /** What the first of the forms that fits makes of it, or null. */
  static <T> @Nullable T first(List<DerForm<T>> forms, byte[] der) {
    for (DerForm<T> form : forms) {
      T found = form.find(der);
      if (found != null) {
        return found;
      }
    }
    return null;
  }
}
