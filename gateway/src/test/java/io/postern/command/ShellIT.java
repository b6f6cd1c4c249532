package io.postern.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.postern.store.FirstStart;
import io.postern.testing.TestGateway;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The distribution's commands in a shell: their standard input and output, files and pipes. */
class ShellIT {
  private static TestGateway gateway;

  @TempDir private Path directory;

  @BeforeAll
  static void start() {
    gateway = TestGateway.start();
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  private record Result(int status, String out, String err) {}

  private Result sh(String script) throws IOException, InterruptedException {
    Path out = directory.resolve("sh.out");
    Path err = directory.resolve("sh.err");
    ProcessBuilder shell =
        new ProcessBuilder("sh", "-c", script)
            .directory(directory.toFile())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile());
    Map<String, String> environment = shell.environment();
    environment.keySet().removeIf(name -> name.startsWith("POSTERN_"));
    String commands = Path.of("target/postern/bin").toAbsolutePath().toString();
    environment.merge("PATH", commands, (path, mine) -> mine + ":" + path);
    environment.put("POSTERN_CLIENT_ID", FirstStart.ADMINISTRATOR);
    environment.put("POSTERN_CLIENT_SECRET", TestGateway.ADMIN_SECRET);
    environment.put("POSTERN_ADMIN_URL", gateway.managementUri("/admin/v1").toString());
    environment.put("POSTERN_ISSUER", gateway.issuer());
    Process process = shell.start();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return new Result(process.exitValue(), Files.readString(out), Files.readString(err));
  }

  @Test
  void secretThatCannotBeWritten_isToldById() throws Exception {
    sh("postern agent create Loser --id loser");
    Result lost = sh("postern agent secret add loser > /dev/full");
    assertThat(lost.status()).isEqualTo(1);
    assertThat(lost.err())
        .contains("the secret could not be written to standard output", "its secret_id is ")
        .endsWith("postern: standard output cannot be written: No space left on device\n")
        .hasLineCount(2);
    String id = lost.err().lines().findFirst().orElseThrow().replaceAll(".* ", "");
    assertThat(sh("postern agent secret delete loser " + id).status()).isZero();
  }

  @Test
  void outputThatCannotBeWritten_isAFailure() throws Exception {
    for (String command :
        new String[] {"agent list", "export", "--help", "agent --help", "keys list --json"}) {
      Result result = sh("postern " + command + " > /dev/full");
      assertThat(result.status()).as(command).isEqualTo(1);
      assertThat(result.err())
          .as(command)
          .isEqualTo("postern: standard output cannot be written: No space left on device\n");
    }
  }

  @Test
  void readerThatHasHadEnough_isNoReasonToComplain() throws Exception {
    Result result = sh("{ postern completion; echo $? >&2; } | true");
    assertThat(result.err()).isEqualTo("1\n");
  }

  @Test
  void emptyPipe_prunesNothing() throws Exception {
    sh("postern agent create Stayer --id stayer");
    Result refused = sh("false | postern apply -f - --prune --yes");
    assertThat(refused.status()).isEqualTo(1);
    assertThat(refused.err())
        .contains("standard input names no service, agent or credential", "--allow-empty");
    assertThat(sh("postern agent show stayer").status()).isZero();
  }

  @Test
  void dash_isStandardInput() throws Exception {
    sh("postern agent create Keeper --id keeper");
    String key =
        "{\"kty\":\"EC\",\"crv\":\"P-256\",\"kid\":\"k\","
            + "\"x\":\"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4\","
            + "\"y\":\"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM\"}";
    assertThat(sh("echo '" + key + "' | postern agent key add keeper -").out()).contains("kid: k");
    assertThat(
            sh("printf %s \"$POSTERN_CLIENT_SECRET\" | env -u POSTERN_CLIENT_SECRET"
                    + " postern agent list --client-secret-file -")
                .status())
        .isZero();
    assertThat(sh("postern agent key add keeper - < /dev/null").err())
        .contains("standard input is empty");
  }

  @Test
  void export_writesThroughLinksAndDevices_andKeepsTheMode() throws Exception {
    Path real = Files.writeString(directory.resolve("real.yaml"), "old");
    Files.setPosixFilePermissions(real, PosixFilePermissions.fromString("rw-------"));
    Files.createSymbolicLink(directory.resolve("link.yaml"), Path.of("real.yaml"));
    Files.createLink(
        directory.resolve("second.yaml"), Files.writeString(directory.resolve("first.yaml"), ""));
    Files.createSymbolicLink(directory.resolve("dangling.yaml"), Path.of("made.yaml"));
    String all = sh("postern export").out();

    assertThat(sh("postern export -o link.yaml").err()).isEmpty();
    assertThat(directory.resolve("link.yaml")).isSymbolicLink().hasSameTextualContentAs(real);
    assertThat(real).hasContent(all);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(real)))
        .isEqualTo("rw-------");
    sh("postern export -o second.yaml; postern export -o dangling.yaml");
    assertThat(directory.resolve("first.yaml")).hasContent(all);
    assertThat(directory.resolve("made.yaml")).hasContent(all);

    assertThat(sh("mkfifo pipe; cat pipe & postern export -o pipe; wait").out()).isEqualTo(all);
    assertThat(sh("postern export -o /dev/stdout | cat").out()).isEqualTo(all);
    assertThat(sh("postern export -o -").out()).isEqualTo(all);
    Result full = sh("postern export -o /dev/full");
    assertThat(full.status()).isEqualTo(1);
    assertThat(full.err()).contains("the export to /dev/full broke off: No space left on device");
    assertThat(sh("umask 027; postern export -o new.yaml; ls -l new.yaml").out())
        .startsWith("-rw-r-----");
    assertThat(sh("ls -A | grep new$").out()).isEmpty();
  }
}
