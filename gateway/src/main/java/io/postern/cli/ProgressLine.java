package io.postern.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;

/** How far a long command is: one line that changes on a terminal, or else a line now and then. */
final class ProgressLine {
  private static final long INTERVAL_NANOS = 2_000_000_000;
  private static final String ERASED = "\r\033[K";

  private final PrintWriter err;
  private final boolean terminal;
  private long told = System.nanoTime();
  private boolean open;

  ProgressLine(PrintWriter err, boolean terminal) {
    this.err = err;
    this.terminal = terminal;
  }

  /** Shows what a gateway says of itself. */
  void show(JsonNode progress) {
    String text =
        switch (progress.path("phase").asText()) {
          case "compare" -> "Comparing: " + share(progress);
          case "write" -> "Writing: " + share(progress);
          default -> "Waiting until the gateway goes by it";
        };
    if (terminal) {
      err.print(ERASED + text);
      err.flush();
      open = true;
    } else if (System.nanoTime() - told > INTERVAL_NANOS) {
      told = System.nanoTime();
      err.println(text);
    }
  }

  /** Leaves the line to what comes next. */
  void end() {
    if (open) {
      err.print(ERASED);
      err.flush();
    }
  }

  private static String share(JsonNode progress) {
    return "%,d of %,d".formatted(progress.path("done").asLong(), progress.path("total").asLong());
  }
}
