package io.postern.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Shell scripts and the systemd unit. */
class ScriptsIT {
  @Test
  void shellScripts_areWithoutFault() {
    Tool.named("shellcheck")
        .run(
            "--external-sources",
            "--source-path=SCRIPTDIR",
            "gateway/src/main/dist/bin/postern",
            "deploy/secrets",
            "deploy/checks/install-tools",
            ".ci/run",
            "bench/jmh",
            "bench/load",
            "bench/peers/run");
  }

  @Test
  void unit_isAccepted_andIsHardened(@TempDir Path folder) throws Exception {
    // the distribution is not in /opt here
    String unit =
        Files.readString(Tool.DEPLOY.resolve("systemd/postern.service"))
            .replace("/opt/postern", Tool.REPOSITORY.resolve("gateway/target/postern").toString());
    Path file = Files.writeString(folder.resolve("postern.service"), unit);
    Tool analyze = Tool.named("systemd-analyze");
    assertThat(analyze.run("verify", "--man=no", file.toString())).isEmpty();
    // the exposure in tenths, of 100; it fails above
    analyze.run("security", "--offline=true", "--threshold=15", file.toString());
  }
}
