package io.postern.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.postern.testing.PosternProcess;
import io.postern.testing.TestGateway;
import io.postern.testing.TestPostgres;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What makes the distribution fast, and that it works where that is missing. */
class DistributionIT {

  /** The AOT cache that the build makes. With this mode, the JVM does not start without it. */
  @Nested
  class AotCache {
    private static final Map<String, String> REQUIRED =
        Map.of("POSTERN_JAVA_OPTS", "-XX:AOTMode=on");
    private static final Map<String, String> LOADED =
        Map.of("POSTERN_JAVA_OPTS", "-Xlog:class+load:stdout");

    /** One of each cache. */
    private static final List<String[]> COMMANDS =
        List.of(new String[] {"agent", "list", "--help"}, new String[] {"serve", "--help"});

    private static final String FROM_CACHE = "io.postern.Main source: shared objects file";

    @Test
    void cache_isUsed() {
      Path distribution = Path.of("target", "postern");
      assertStartsWithCaches(distribution, Map.of());
      for (String[] command : COMMANDS) {
        assertThat(run(distribution, LOADED, command)).contains(FROM_CACHE);
      }
    }

    @Test
    void distribution_movedCopiedOrLinkedTo_startsWithItsCaches(@TempDir Path directory)
        throws IOException {
      // the caches have classes of a sealed jar, with which PostgreSQL was unpacked
      Path made = PosternProcess.copyDistribution(directory.resolve("made"));
      assertStartsWithCaches(made, Map.of());

      Path moved = Files.move(made, directory.resolve("moved, with a blank"));
      assertStartsWithCaches(moved, Map.of());

      Path copied = directory.resolve("copied");
      run("cp", "-a", moved.toString(), copied.toString());
      PosternProcess.delete(moved);
      assertStartsWithCaches(copied, Map.of());

      Path archive = directory.resolve("archive.tar");
      run("tar", "-cf", archive.toString(), "-C", directory.toString(), "copied");
      PosternProcess.delete(copied);
      run("tar", "-xf", archive.toString(), "-C", directory.toString());
      assertStartsWithCaches(copied, Map.of());

      Path link = Files.createSymbolicLink(directory.resolve("link"), copied);
      assertStartsWithCaches(link, Map.of());

      Path command = Files.createSymbolicLink(directory.resolve("postern"), copied.resolve("bin"));
      assertThat(command.resolve("postern")).isExecutable();
      assertStartsWithCaches(copied, Map.of("PATH", command + ":" + System.getenv("PATH")));
    }

    @Test
    void distribution_copiedWithNewTimes_getsThemBack(@TempDir Path directory) throws IOException {
      Path copied = directory.resolve("copied");
      run("cp", "-r", "target/postern", copied.toString());
      assertStartsWithCaches(copied, Map.of());
    }

    private static void run(String... command) throws IOException {
      Process process = new ProcessBuilder(command).inheritIO().start();
      assertThat(process.onExit().join().exitValue()).isZero();
    }

    private static void assertStartsWithCaches(Path distribution, Map<String, String> more) {
      Map<String, String> environment = new HashMap<>(REQUIRED);
      environment.putAll(more);
      for (String[] command : COMMANDS) {
        run(distribution, environment, command);
      }
    }

    private static String run(
        Path distribution, Map<String, String> environment, String[] command) {
      try (PosternProcess postern = PosternProcess.start(distribution, environment, command)) {
        assertThat(postern.awaitExit()).as(postern.err()).isZero();
        return postern.out();
      }
    }

    @Test
    void cache_switchedOff_isNotUsed() {
      Map<String, String> off =
          Map.of("POSTERN_JAVA_OPTS", "-XX:AOTMode=off -Xlog:class+load:stdout");
      try (PosternProcess postern = PosternProcess.start(off, "--version")) {
        assertThat(postern.awaitExit()).isZero();
        assertThat(postern.out()).contains("io.postern.Main source: ").doesNotContain(FROM_CACHE);
      }
    }

    // a JVM takes options from all of these, but one collector only
    @ParameterizedTest
    @ValueSource(
        strings = {"POSTERN_JAVA_OPTS", "JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS"})
    void collectorOfAnother_isTheOneCollector(String variable) {
      for (String collector : List.of("-XX:+UseZGC", "-Xmx1g -XX:+UseG1GC", "-XX:+UseSerialGC")) {
        try (PosternProcess postern =
            PosternProcess.start(Map.of(variable, collector), "agent", "--help")) {
          assertThat(postern.awaitExit()).as(postern.out() + postern.err()).isZero();
          assertThat(postern.out()).contains("Usage: postern agent");
        }
      }
    }

    @Test
    void cache_missingBrokenOrUnfit_changesNothingThatCanBeSeen(@TempDir Path directory)
        throws IOException {
      Path other = PosternProcess.copyDistribution(directory);
      Path cache = other.resolve("lib/commands.aot");
      byte[] good = Files.readAllBytes(cache);
      for (byte[] bad :
          List.of(
              new byte[0],
              "no cache".getBytes(StandardCharsets.UTF_8),
              Arrays.copyOf(good, good.length / 2))) {
        Files.write(cache, bad);
        try (PosternProcess postern = PosternProcess.start(other, REQUIRED, "--version")) {
          assertThat(postern.awaitExit()).as("it is broken enough").isNotZero();
        }
        assertStartsSilently(other, Map.of());
      }
      Files.write(cache, good);
      assertStartsSilently(other, Map.of("POSTERN_JAVA_OPTS", "-XX:-UseCompactObjectHeaders"));
      assertStartsSilently(other, Map.of("POSTERN_JAVA_OPTS", "-XX:+UseZGC"));
      Files.delete(cache);
      assertStartsSilently(other, Map.of());
    }

    private static void assertStartsSilently(Path distribution, Map<String, String> environment) {
      try (PosternProcess postern = PosternProcess.start(distribution, environment, "--version")) {
        assertThat(postern.awaitExit()).isZero();
        assertThat(postern.out()).startsWith("postern ").hasLineCount(1);
        assertThat(postern.err()).isEmpty();
      }
    }
  }

  /** Arguments, settings and names of files are UTF-8, whatever the locale. */
  @Nested
  class Encoding {
    @ParameterizedTest
    @ValueSource(strings = {"C", "POSIX", "de_DE.ISO-8859-1", "xx_XX.UTF-8"})
    void locale_thatIsNotUtf8_orMissing_isMadeSo(String locale, @TempDir Path directory)
        throws Exception {
      Path file = Files.writeString(directory.resolve("Schlüssel ключ"), "no secret");
      Map<String, String> environment =
          Map.of(
              "LC_ALL", locale, "POSTERN_CLIENT_ID", "Jörg", "POSTERN_ADMIN_TOKEN_FILE", "" + file);
      try (PosternProcess postern =
          PosternProcess.start(
              environment, "agent", "show", "ключ", "--admin-url", "http://[::1]:1")) {
        assertThat(postern.awaitExit()).isEqualTo(1);
        assertThat(postern.err()).contains("http://[::1]:1 cannot be reached");
      }
    }

    @Test
    void argument_thatIsNotUtf8_isRefused() throws Exception {
      assertRefused(
          "\"$0\" agent create \"$(printf 'J\\366rg')\"", "argument 3, \"J\uFFFDrg\", is not");
    }

    @Test
    void setting_thatIsNotUtf8_isRefused() throws Exception {
      assertRefused(
          "POSTERN_CLIENT_ID=\"$(printf 'J\\366rg')\" \"$0\" agent list",
          "POSTERN_CLIENT_ID is not UTF-8");
    }

    private static void assertRefused(String script, String message) throws Exception {
      ProcessBuilder builder =
          new ProcessBuilder("sh", "-c", script, "target/postern/bin/postern")
              .redirectErrorStream(true);
      builder.environment().keySet().removeIf(name -> name.startsWith("POSTERN_"));
      builder.environment().put("LC_ALL", "C.UTF-8");
      Process postern = builder.start();
      String output = new String(postern.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(output.lines()).singleElement().asString().contains(message);
      assertThat(postern.waitFor()).isEqualTo(2);
    }
  }

  /** A gateway that is killed leaves nothing in the temporary folder. */
  @Test
  void killedGateway_leavesNothingBehind(@TempDir Path directory) throws Exception {
    Path temporary = Files.createDirectory(directory.resolve("tmp"));
    Map<String, String> environment = Cryptography.serving();
    environment.put("POSTERN_JAVA_OPTS", "-Djava.io.tmpdir=" + temporary);
    Map<String, String> database =
        Map.of("POSTERN_DATABASE_URL", environment.get("POSTERN_DATABASE_URL"));
    try (PosternProcess migrate = PosternProcess.start(database, "migrate")) {
      assertThat(migrate.awaitExit()).as(migrate.err()).isZero();
    }
    try (PosternProcess postern = PosternProcess.start(environment, "serve")) {
      postern.awaitReady(environment.get("POSTERN_MANAGEMENT_PORT"));
      postern.kill();
    }
    assertThat(temporary).isEmptyDirectory();
  }

  /** ACCP's library is native, and not every machine can load it. */
  @Nested
  class Cryptography {
    @Test
    void nativeLibrary_isFoundBesideTheJars() throws Exception {
      assertIssues(Path.of("target", "postern"), Map.of(), "AmazonCorrettoCryptoProvider 2.");
    }

    @Test
    void nativeLibrary_missing_bouncyCastleSigns(@TempDir Path directory) throws Exception {
      String log = assertIssues(withoutNativeLibrary(directory), Map.of(), "BC 1.");
      assertThat(log).contains("accp does not load (");
    }

    @Test
    void bouncyCastle_missingToo_theJdkSigns(@TempDir Path directory) throws Exception {
      Path distribution = withoutNativeLibrary(directory);
      delete(distribution, "bcprov-");
      String log = assertIssues(distribution, Map.of(), "JDK 25");
      assertThat(log).contains("accp does not load (").contains("bouncycastle does not load (");
    }

    @Test
    void accp_missingAltogether_bouncyCastleSigns(@TempDir Path directory) throws Exception {
      Path distribution = PosternProcess.copyDistribution(directory);
      delete(distribution, "AmazonCorrettoCryptoProvider-");
      assertThat(assertIssues(distribution, Map.of(), "BC 1.")).contains("accp does not load (");
    }

    @Test
    void forced_isUsed() throws Exception {
      String log =
          assertIssues(
              Path.of("target", "postern"), Map.of("POSTERN_CRYPTO_PROVIDER", "jdk"), "JDK 25");
      assertThat(log).contains("asked for: jdk").doesNotContain("does not load");
    }

    @Test
    void forced_thatDoesNotLoad_endsTheStart(@TempDir Path directory) throws Exception {
      Map<String, String> environment = serving();
      environment.put("POSTERN_CRYPTO_PROVIDER", "accp");
      try (PosternProcess postern =
          PosternProcess.start(withoutNativeLibrary(directory), environment, "serve")) {
        assertThat(postern.awaitExit()).isEqualTo(2);
        assertThat(postern.err().lines())
            .singleElement()
            .asString()
            .contains("POSTERN_CRYPTO_PROVIDER")
            .contains("accp does not load")
            .contains("auto");
      }
    }

    private static Path withoutNativeLibrary(Path directory) throws IOException {
      Path distribution = PosternProcess.copyDistribution(directory);
      Files.delete(distribution.resolve("lib/native/libamazonCorrettoCryptoProvider.so"));
      return distribution;
    }

    private static void delete(Path distribution, String prefix) throws IOException {
      try (Stream<Path> jars = Files.list(distribution.resolve("lib"))) {
        Files.delete(
            jars.filter(jar -> jar.getFileName().toString().startsWith(prefix))
                .findFirst()
                .orElseThrow());
      }
    }

    /** Migrates, serves, gets a token, and answers the log. */
    private static String assertIssues(
        Path distribution, Map<String, String> settings, String provider) throws Exception {
      Map<String, String> environment = serving();
      environment.putAll(settings);
      Map<String, String> database =
          Map.of("POSTERN_DATABASE_URL", environment.get("POSTERN_DATABASE_URL"));
      try (PosternProcess migrate = PosternProcess.start(distribution, database, "migrate")) {
        assertThat(migrate.awaitExit()).as(migrate.err()).isZero();
      }
      try (PosternProcess postern = PosternProcess.start(distribution, environment, "serve")) {
        postern.awaitReady(environment.get("POSTERN_MANAGEMENT_PORT"));
        assertThat(token(environment)).contains("access_token");
        assertThat(postern.err()).contains("Cryptography by " + provider);
        return postern.err();
      }
    }

    private static String token(Map<String, String> environment) throws Exception {
      String pair = "postern-admin:" + TestGateway.ADMIN_SECRET;
      String basic = Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.US_ASCII));
      URI endpoint =
          URI.create("http://127.0.0.1:" + environment.get("POSTERN_HTTP_PORT") + "/oauth2/token");
      try (HttpClient http = HttpClient.newHttpClient()) {
        return http.send(
                HttpRequest.newBuilder(endpoint)
                    .header("Authorization", "Basic " + basic)
                    .header("Content-Type", "application/x-www-form-urlencoded")
                    .POST(
                        HttpRequest.BodyPublishers.ofString(
                            "grant_type=client_credentials&audience=urn%3Apostern%3Aadmin"))
                    .build(),
                HttpResponse.BodyHandlers.ofString())
            .body();
      }
    }

    private static Map<String, String> serving() {
      return new HashMap<>(
          Map.of(
              "POSTERN_DATABASE_URL",
              TestPostgres.newDatabase(),
              "POSTERN_MASTER_KEY",
              TestGateway.MASTER_KEY,
              "POSTERN_BOOTSTRAP_ADMIN_SECRET",
              TestGateway.ADMIN_SECRET,
              "POSTERN_HTTP_PORT",
              "" + TestGateway.freePort(),
              "POSTERN_MANAGEMENT_PORT",
              "" + TestGateway.freePort(),
              "POSTERN_DRAIN_DELAY",
              "PT0S"));
    }
  }
}
