package io.postern.bench.load;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run of the whole thing, as short as can be; the numbers are there and mean nothing. */
class LoadIT {
  @TempDir private Path directory;

  @Test
  void run_shortestForm_hasANumberForEverything() throws Exception {
    Path json = directory.resolve("report.json");

    int status =
        LoadCommand.run(
            "run",
            "--agents=100",
            "--scenarios=mixed",
            "--rounds=1",
            "--seconds=1",
            "--warmup=1",
            "--settle=0",
            "--connections=4",
            "--distribution=" + Path.of("..", "gateway", "target", "postern"),
            "--json=" + json);

    assertThat(status).isZero();
    JsonNode fleet = new ObjectMapper().readTree(json.toFile()).path("fleets").path(0);
    for (String loop : List.of("closed", "open")) {
      for (String server : List.of("gateway", "ceiling")) {
        JsonNode round = fleet.at("/scenarios/mixed/" + loop + "/" + server + "/0");
        for (String number : List.of("per_second", "p50.0_micros", "p99.9_micros", "rss_mib")) {
          assertThat(round.path(number).doubleValue()).as(number).isPositive();
        }
        assertThat(round.path("allocated_bytes").doubleValue()).isPositive();
      }
    }
    assertThat(fleet.at("/servers/gateway/seconds_until_open").doubleValue()).isPositive();
  }
}
