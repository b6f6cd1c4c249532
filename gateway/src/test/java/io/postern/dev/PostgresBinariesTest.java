package io.postern.dev;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PostgresBinariesTest {
  @TempDir private Path cache;

  @Test
  void unpack_severalAtOnce_shareOneResult() throws Exception {
    Callable<PostgresBinaries> unpack = () -> PostgresBinaries.unpack(cache.resolve("postern"));
    try (ExecutorService executor = Executors.newFixedThreadPool(2)) {
      List<Future<PostgresBinaries>> unpacked = executor.invokeAll(List.of(unpack, unpack));
      assertThat(unpacked.getFirst().get()).isEqualTo(unpacked.getLast().get());
      assertThat(version(unpacked.getFirst().get())).startsWith("postgres (PostgreSQL) 18.");
    }
    try (Stream<Path> files = Files.list(cache.resolve("postern"))) {
      assertThat(files).hasSize(1);
    }
  }

  private static String version(PostgresBinaries binaries) throws IOException {
    Process process = binaries.command("postgres", List.of("--version")).start();
    return process.inputReader().readLine();
  }
}
