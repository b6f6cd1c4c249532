package io.postern.faults;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What three gateways and their database take up.
 *
 * @param heapKib what is in use right after a full collection, of the largest
 * @param descriptors open files and sockets, of the one that has most
 * @param databaseKib without the audit, which is there to grow
 */
record Consumption(long heapKib, long descriptors, long databaseKib) {
  private static final Pattern USED = Pattern.compile("heap .*used ([0-9]+)K");

  static Consumption of(Stage stage) throws IOException, SQLException {
    long heap = 0;
    long descriptors = 0;
    for (Replica replica : stage.fleet().replicas()) {
      ProcessHandle process = replica.process().handle();
      jcmd(process, "GC.run");
      heap = Math.max(heap, used(jcmd(process, "GC.heap_info")));
      try (Stream<Path> files = Files.list(Path.of("/proc/" + process.pid() + "/fd"))) {
        descriptors = Math.max(descriptors, files.count());
      }
    }
    return new Consumption(heap, descriptors, database(stage));
  }

  private static long used(String heapInfo) {
    Matcher used = USED.matcher(heapInfo);
    if (!used.find()) {
      throw new IllegalStateException("no heap in: " + heapInfo);
    }
    return Long.parseLong(used.group(1));
  }

  private static String jcmd(ProcessHandle process, String command) throws IOException {
    Path jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd");
    Process run =
        new ProcessBuilder(jcmd.toString(), Long.toString(process.pid()), command)
            .redirectErrorStream(true)
            .start();
    return new String(run.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
  }

  private static long database(Stage stage) throws SQLException {
    try (Connection connection = stage.database();
        Statement statement = connection.createStatement()) {
      statement.execute("vacuum");
      try (ResultSet size =
          statement.executeQuery(
              """
              select (pg_database_size(current_database())
                      - pg_total_relation_size('audit_event')) / 1024\
              """)) {
        size.next();
        return size.getLong(1);
      }
    }
  }

  @Override
  public String toString() {
    return "heap %d KiB, %d descriptors, database %d KiB"
        .formatted(heapKib, descriptors, databaseKib);
  }
}
