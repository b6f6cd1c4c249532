package io.postern.bench.load;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The log of a JVM's garbage collector, as {@link #option} has it written. */
record GcLog(Path file) {
  // "Pause Young (Normal) (G1 Evacuation Pause) 24M->5M(256M) 3.456ms", "Y: Pause Mark End 0.010ms"
  private static final Pattern PAUSE = Pattern.compile("\\bPause\\b.* ([0-9.]+)ms$");
  // also "24M(9%)->5M(2%)"
  private static final Pattern HEAP = Pattern.compile(" (\\d+)M(?:\\(\\d+%\\))?->\\d+M");

  /**
   * Times in which nothing else ran.
   *
   * @param totalMillis of all of them
   * @param maxMillis the longest
   */
  record Pauses(int count, double totalMillis, double maxMillis) {}

  /** The JVM's option that writes it. */
  String option() {
    return "-Xlog:gc,gc+phases:file=" + file + "::filecount=0";
  }

  /** How much has been written. */
  long length() {
    try {
      return Files.size(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The pauses since the log had that length. */
  Pauses pausesSince(long length) {
    int count = 0;
    double total = 0;
    double max = 0;
    for (String line : linesSince(length)) {
      Matcher pause = PAUSE.matcher(line);
      if (pause.find()) {
        double millis = Double.parseDouble(pause.group(1));
        count++;
        total += millis;
        max = Math.max(max, millis);
      }
    }
    return new Pauses(count, total, max);
  }

  /** The most heap that a collection found in use, in MiB; 0 when there was no collection. */
  int peakHeapMebibytes() {
    return linesSince(0).stream()
        .map(HEAP::matcher)
        .filter(Matcher::find)
        .mapToInt(heap -> Integer.parseInt(heap.group(1)))
        .max()
        .orElse(0);
  }

  private List<String> linesSince(long length) {
    try {
      byte[] all = Files.readAllBytes(file);
      return new String(Arrays.copyOfRange(all, (int) length, all.length), StandardCharsets.UTF_8)
          .lines()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
