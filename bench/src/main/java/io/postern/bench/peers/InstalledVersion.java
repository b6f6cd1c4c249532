package io.postern.bench.peers;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.JarFile;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;

/** Product and version of a peer, read from the files that are installed. */
final class InstalledVersion {
  private static final Pattern POSTERN = Pattern.compile("postern-gateway-(.*)\\.jar");
  private static final Pattern KEYCLOAK = Pattern.compile("keycloak-(.*)");
  private static final Pattern NODE = Pattern.compile("(node-linux-.*)");
  private static final Pattern AUTHORIZATION_SERVER =
      Pattern.compile(".*/spring-security-oauth2-authorization-server-(.*)\\.jar");

  private InstalledVersion() {}

  /**
   * @param home the directory {@code bench/peers}
   */
  static String of(Peer peer, Path home) throws IOException {
    Path installed = peer.installation(home);
    return switch (peer) {
      case POSTERN -> "Postern " + find(installed.resolve("lib"), POSTERN);
      case KEYCLOAK -> "Keycloak " + find(installed, KEYCLOAK);
      case SPRING_BEST, SPRING_AS_SHIPPED -> ofSpring(installed.resolve("peer.jar"));
      case OIDC_PROVIDER ->
          "oidc-provider %s, Node.js %s"
              .formatted(
                  ofModule(installed.resolve("oidc-provider")),
                  ofModule(installed.resolve(find(installed, NODE))));
    };
  }

  /** What the pattern's group is in the first file name that matches. */
  private static String find(Path directory, Pattern name) throws IOException {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
      return StreamSupport.stream(files.spliterator(), false)
          .map(file -> name.matcher(String.valueOf(file.getFileName())))
          .filter(Matcher::matches)
          .map(matcher -> matcher.group(1))
          .findFirst()
          .orElseThrow(() -> new IOException("no %s in %s".formatted(name, directory)));
    }
  }

  private static String ofSpring(Path application) throws IOException {
    try (JarFile jar = new JarFile(application.toFile())) {
      String boot = jar.getManifest().getMainAttributes().getValue("Spring-Boot-Version");
      return jar.stream()
          .map(entry -> AUTHORIZATION_SERVER.matcher(entry.getName()))
          .filter(Matcher::matches)
          .map(name -> "Spring Authorization Server %s, Boot %s".formatted(name.group(1), boot))
          .findFirst()
          .orElseThrow(() -> new IOException("no authorization server in " + application));
    }
  }

  private static String ofModule(Path module) throws IOException {
    String description = Files.readString(module.resolve("package.json"));
    return new ObjectMapper().readTree(description).required("version").asText();
  }
}
