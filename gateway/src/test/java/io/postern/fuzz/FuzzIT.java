package io.postern.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import io.postern.client.AssertionFuzzer;
import io.postern.jose.AccessTokenFuzzer;
import io.postern.oauth.PresentedTokenFuzzer;
import io.postern.oauth.TokenRequestFuzzer;
import io.postern.relay.TargetRequestFuzzer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Runs Jazzer on each fuzz target, in a process of its own. In the plain build a fixed number of
 * inputs from a fixed seed; with {@code -Pfuzz} for ten minutes each ({@code
 * -Dpostern.fuzz.duration=PT1H}), another seed each time, and what led to new paths is kept in
 * {@code target/fuzz} for the next run.
 */
class FuzzIT {
  private static final Path DIRECTORY = Path.of("target", "fuzz");
  private static final int RUNS = 10_000;
  private static final Duration AT_MOST = Duration.ofMinutes(2);

  @ParameterizedTest
  @CsvSource({"requests", "assertions", "presentations", "tokens", "paths"})
  void target_holds(String name) throws Exception {
    Result result = fuzz(target(name), name, DIRECTORY.resolve(name));
    assertThat(result.status()).as(result.output()).isZero();
    assertThat(result.output()).containsPattern("Done [1-9][0-9]{2,} runs");
  }

  /** The fuzzer does find what is to be found. */
  @Test
  void flaw_isFound(@TempDir Path directory) throws Exception {
    Result result = fuzz(FlawedTarget.class, "requests", directory);
    assertThat(result.status()).isNotZero();
    assertThat(result.output()).contains(FlawedTarget.FLAW);
  }

  private static Class<?> target(String name) {
    return switch (name) {
      case "requests" -> TokenRequestFuzzer.class;
      case "assertions" -> AssertionFuzzer.class;
      case "presentations" -> PresentedTokenFuzzer.class;
      case "tokens" -> AccessTokenFuzzer.class;
      default -> TargetRequestFuzzer.class;
    };
  }

  private record Result(int status, String output) {}

  private static Result fuzz(Class<?> target, String seeds, Path directory)
      throws IOException, InterruptedException {
    Path corpus = Files.createDirectories(directory.resolve("corpus"));
    Path output = directory.resolve("output.txt");
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-XX:+UseSerialGC",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                System.getProperty("java.class.path"),
                "com.code_intelligence.jazzer.Jazzer",
                "--target_class=" + target.getName(),
                "--instrumentation_includes=io.postern.**",
                "--custom_hook_includes=io.postern.**",
                "--reproducer_path=" + directory,
                "-artifact_prefix=" + directory + "/"));
    command.addAll(limits());
    command.add(corpus.toString());
    command.add(Path.of("src", "test", "resources", "io", "postern", "fuzz", seeds).toString());
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    try {
      assertThat(process.waitFor(longest().plusMinutes(1).toSeconds(), TimeUnit.SECONDS))
          .as("the fuzzer ends by itself")
          .isTrue();
    } finally {
      process.destroyForcibly();
    }
    return new Result(process.exitValue(), Files.readString(output));
  }

  private static List<String> limits() {
    return duration() == null
        ? List.of("-seed=1", "-runs=" + RUNS, "-max_total_time=" + AT_MOST.toSeconds())
        : List.of("-max_total_time=" + longest().toSeconds());
  }

  private static Duration longest() {
    String duration = duration();
    return duration == null ? AT_MOST : Duration.parse(duration);
  }

  private static @Nullable String duration() {
    return System.getProperty("postern.fuzz.duration");
  }
}
