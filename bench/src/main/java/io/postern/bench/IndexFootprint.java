package io.postern.bench;

import io.postern.index.IndexImage;
import java.util.Comparator;
import org.openjdk.jol.info.GraphLayout;
import org.openjdk.jol.vm.VM;

/**
 * How much memory does the index take? Builds the image of a {@link SyntheticFleet} by way of
 * change sets, as the sync does, and walks all that it holds on to.
 *
 * <pre>
 * java -Xmx8g -XX:+UseCompactObjectHeaders -XX:+EnableDynamicAgentLoading
 *   -Djdk.attach.allowAttachSelf=true -Djol.magicFieldOffset=true
 *   --sun-misc-unsafe-memory-access=allow
 *   -cp bench/target/benchmarks.jar io.postern.bench.IndexFootprint 1000000
 * </pre>
 *
 * The flags let the walker ask the JVM for sizes and read the fields of records.
 */
public final class IndexFootprint {
  private static final int DEFAULT_AGENTS = 100_000;
  private static final int CLASSES_SHOWN = 12;

  private IndexFootprint() {}

  /**
   * Prints bytes for each agent, in all and by class.
   *
   * @param args the number of agents, or nothing for 100,000
   */
  public static void main(String[] args) {
    int agents = args.length == 0 ? DEFAULT_AGENTS : Integer.parseInt(args[0]);
    System.out.println(VM.current().details());
    for (SyntheticFleet.Grants kind : SyntheticFleet.Grants.values()) {
      print(kind, agents, SyntheticFleet.image(agents, kind));
    }
  }

  private static void print(SyntheticFleet.Grants kind, int agents, IndexImage image) {
    GraphLayout layout = GraphLayout.parseInstance(image);
    System.out.printf(
        "%n%s: %,d clients, %,d grants: %,d bytes, %.1f for each client%n",
        kind,
        image.clientCount(),
        image.countGrants(),
        layout.totalSize(),
        (double) layout.totalSize() / agents);
    layout.getClasses().stream()
        .sorted(
            Comparator.comparingLong((Class<?> c) -> layout.getClassSizes().count(c)).reversed())
        .limit(CLASSES_SHOWN)
        .forEach(
            c ->
                System.out.printf(
                    "  %8.1f bytes  %6.2f objects  %s%n",
                    (double) layout.getClassSizes().count(c) / agents,
                    (double) layout.getClassCounts().count(c) / agents,
                    c.getTypeName()));
  }
}
