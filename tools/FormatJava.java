import com.google.googlejavaformat.java.Formatter;
import com.google.googlejavaformat.java.FormatterException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * Checks or fixes the format of all Java sources, with google-java-format on the class path.
 *
 * <p>It runs on the JDK that compiles the sources, because the formatter reads them with that JDK's
 * parser. Spotless would run it on Maven's own JDK, which need not know the language version.
 */
final class FormatJava {
  private FormatJava() {}

  /**
   * Exits with 1 when {@code check} finds a file that is not formatted, or a file does not parse.
   *
   * @param args {@code check} or {@code fix}, then the folders to look into
   */
  public static void main(String[] args) throws IOException {
    boolean fix = args[0].equals("fix");
    var sources = new ArrayList<Path>();
    for (String folder : List.of(args).subList(1, args.length)) {
      try (Stream<Path> files = Files.walk(Path.of(folder))) {
        files
            .filter(file -> file.toString().endsWith(".java"))
            .filter(file -> !file.startsWith(Path.of(folder, "target")))
            .forEach(sources::add);
      }
    }
    List<String> faults =
        sources.parallelStream().map(file -> fault(file, fix)).filter(Objects::nonNull).toList();
    if (!faults.isEmpty()) {
      System.err.println("These files are not formatted:");
      faults.stream().sorted().forEach(fault -> System.err.println("  " + fault));
      System.err.println("To format all of them: mvn -q -Pformat process-sources");
      System.exit(1);
    }
  }

  /** What is wrong with the file, or null when nothing is, or is no longer. */
  private static String fault(Path file, boolean fix) {
    try {
      String source = Files.readString(file);
      String formatted = new Formatter().formatSourceAndFixImports(source);
      if (formatted.equals(source)) {
        return null;
      }
      if (fix) {
        Files.writeString(file, formatted);
        return null;
      }
      return file.toString();
    } catch (FormatterException e) {
      return file + " does not parse: " + e.getMessage();
    } catch (IOException e) {
      throw new UncheckedIOException(file.toString(), e);
    }
  }
}
