package io.postern.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The topology files of a folder and of the folders in it, by name. What is hidden is left out, and
 * told.
 *
 * @param files to be read
 * @param hidden files and folders that are not
 */
record TopologyFolder(List<Path> files, List<Path> hidden) {
  private static final Pattern TOPOLOGY =
      Pattern.compile(".+\\.(ya?ml|json)", Pattern.CASE_INSENSITIVE);

  // a link may lead back to where it stands
  private static final int MAX_DEPTH = 32;

  static TopologyFolder list(Path folder) throws IOException {
    TopologyFolder found = new TopologyFolder(new ArrayList<>(), new ArrayList<>());
    found.add(folder, 0);
    return found;
  }

  private void add(Path folder, int depth) throws IOException {
    if (depth > MAX_DEPTH) {
      throw new IOException("folders stand in one another too deep; does a link lead back?");
    }
    List<Path> entries;
    try (Stream<Path> all = Files.list(folder)) {
      entries = all.sorted().toList();
    }
    for (Path entry : entries) {
      String name = entry.getFileName().toString();
      boolean isFolder = Files.isDirectory(entry);
      if (name.startsWith(".")) {
        // "..": where Kubernetes keeps what the links beside it show
        if (!name.startsWith("..") && (isFolder || TOPOLOGY.matcher(name).matches())) {
          hidden.add(entry);
        }
      } else if (isFolder) {
        add(entry, depth + 1);
      } else if (TOPOLOGY.matcher(name).matches()) {
        files.add(entry);
      }
    }
  }
}
