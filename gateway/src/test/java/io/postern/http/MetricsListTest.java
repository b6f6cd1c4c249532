package io.postern.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.postern.testing.TestGateway;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** {@code METRICS.md} against what a gateway shows. */
class MetricsListTest {
  private static final Path LIST = Path.of("METRICS.md");
  private static final Pattern ROW = Pattern.compile("\\| `(\\w+)` \\| (\\w+) \\|([^|]*)\\|.+\\|");
  private static final Pattern TYPE = Pattern.compile("# TYPE (\\w+) (\\w+)");
  private static final Pattern SAMPLE = Pattern.compile("(\\w+?)(?:\\{(.*)})? \\S+");
  private static final Pattern LABEL = Pattern.compile("(\\w+)=\"(?:[^\"\\\\]|\\\\.)*\"");
  private static final Set<String> OF_BUCKETS = Set.of("le", "quantile");

  @Test
  void list_hasWhatIsShown_byNameTypeAndLabels() throws IOException {
    Set<String> shown;
    try (TestGateway gateway = TestGateway.start()) {
      shown = shown(gateway.get(gateway.managementUri("/metrics")).body());
    }
    String[] parts = Files.readString(LIST).split("\n## Not always there\n", 2);
    Set<String> always = listed(parts[0]);
    Set<String> sometimes = listed(parts[1]);

    assertThat(shown).as("shown, and not in " + LIST).isSubsetOf(union(always, sometimes));
    assertThat(always).as("in " + LIST + ", and not shown").isSubsetOf(shown);
  }

  private static Set<String> union(Set<String> one, Set<String> other) {
    Set<String> all = new TreeSet<>(one);
    all.addAll(other);
    return all;
  }

  private static Set<String> listed(String markdown) {
    return ROW.matcher(markdown)
        .results()
        .map(row -> entry(row.group(1), row.group(2), labels(row.group(3), "`(\\w+)`")))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static Set<String> shown(String text) {
    Map<String, String> types = new HashMap<>();
    Map<String, Set<String>> labels = new HashMap<>();
    for (String line : text.lines().toList()) {
      Matcher type = TYPE.matcher(line);
      Matcher sample = SAMPLE.matcher(line);
      if (type.matches()) {
        types.put(type.group(1), type.group(2));
      } else if (!line.startsWith("#") && sample.matches()) {
        String family =
            types.containsKey(sample.group(1))
                ? sample.group(1)
                : sample.group(1).replaceFirst("_(bucket|count|sum)$", "");
        String inBraces = sample.group(2) == null ? "" : sample.group(2);
        labels
            .computeIfAbsent(family, name -> new TreeSet<>())
            .addAll(labels(inBraces, LABEL.pattern()));
      }
    }
    return labels.entrySet().stream()
        .map(e -> entry(e.getKey(), String.valueOf(types.get(e.getKey())), e.getValue()))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static Set<String> labels(String text, String pattern) {
    return Pattern.compile(pattern)
        .matcher(text)
        .results()
        .map(label -> label.group(1))
        .filter(label -> !OF_BUCKETS.contains(label))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static String entry(String name, String type, Set<String> labels) {
    return name + " " + type + " " + new TreeSet<>(labels);
  }
}
