package io.postern.fuzz;

import java.nio.charset.StandardCharsets;

/** A target with a flaw that is one changed letter away from a seed. */
public final class FlawedTarget {
  static final String FLAW = "the flaw was found";

  private FlawedTarget() {}

  /** Called by the fuzzer. */
  public static void fuzzerTestOneInput(byte[] input) {
    if (new String(input, StandardCharsets.ISO_8859_1).contains("Grant_type")) {
      throw new IllegalStateException(FLAW);
    }
  }
}
