package io.postern.bench;

import io.postern.change.Change;
import io.postern.change.ChangeSet;
import io.postern.change.Revision;
import io.postern.index.IndexImage;
import io.postern.revocation.LineKind;
import io.postern.revocation.NotBeforeLine;
import io.postern.vault.CredentialLink;
import io.postern.vault.HostedCredential;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
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
  private static final int CREDENTIALS = 10_000;
  private static final int LINKS_EACH = 10;
  private static final int LINES = 100_000;

  private IndexFootprint() {}

  /**
   * Prints bytes for each agent, in all and by class; then those of hosted credentials and links.
   *
   * @param args the number of agents, or nothing for 100,000
   */
  public static void main(String[] args) {
    int agents = args.length == 0 ? DEFAULT_AGENTS : Integer.parseInt(args[0]);
    System.out.println(VM.current().details());
    for (SyntheticFleet.Grants kind : SyntheticFleet.Grants.values()) {
      print(kind, agents, SyntheticFleet.image(agents, kind));
    }
    printVault(agents);
    printLines();
  }

  // of as many agents, each with one
  private static void printLines() {
    List<Change> changes = new ArrayList<>();
    for (String id : SyntheticFleet.ids(LINES)) {
      changes.add(new Change.LinePut(new NotBeforeLine(LineKind.CLIENT, id, null, 1_800_000_000L)));
    }
    IndexImage drawn = IndexImage.EMPTY.with(new ChangeSet(new Revision(1), changes));
    System.out.printf(
        "%n%,d not-before lines: %.1f bytes each%n",
        LINES, (double) (size(drawn) - size(IndexImage.EMPTY)) / LINES);
  }

  // equal links of many agents are one object, as the readers of the feed see to
  private static void printVault(int agents) {
    IndexImage fleet = SyntheticFleet.image(agents, SyntheticFleet.Grants.ROLES);
    List<HostedCredential> credentials = SampleCredentials.make(CREDENTIALS);
    List<Change> changes = new ArrayList<>();
    credentials.forEach(credential -> changes.add(new Change.CredentialPut(credential)));
    IndexImage withCredentials = fleet.with(new ChangeSet(new Revision(2), changes));
    changes.clear();
    List<CredentialLink> links = SampleCredentials.links(credentials);
    List<String> ids = SyntheticFleet.ids(agents);
    for (int agent = 0; agent < agents; agent++) {
      List<CredentialLink> own = new ArrayList<>();
      for (int i = 0; i < LINKS_EACH; i++) {
        own.add(links.get((agent + i * 97) % links.size()));
      }
      changes.add(new Change.ClientLinked(ids.get(agent), own));
    }
    IndexImage linked = withCredentials.with(new ChangeSet(new Revision(3), changes));
    long bare = size(fleet);
    long kept = size(withCredentials);
    long all = size(linked);
    System.out.printf(
        "%n%,d hosted credentials: %.1f bytes each%n%,d links of %,d agents: %.1f bytes each,"
            + " %.1f for each agent%n",
        CREDENTIALS,
        (double) (kept - bare) / CREDENTIALS,
        agents * LINKS_EACH,
        agents,
        (double) (all - kept) / ((long) agents * LINKS_EACH),
        (double) (all - kept) / agents);
  }

  private static long size(IndexImage image) {
    return GraphLayout.parseInstance(image).totalSize();
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
