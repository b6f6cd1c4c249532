package io.postern.sync;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import io.postern.testing.CapturedLog;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class LoadLogTest {
  private static final String LOGGER = "io.postern.sync.LoadLogTest";

  @Test
  void pages_areToldOfEveryThreeSeconds_notOneByOne() throws Exception {
    try (CapturedLog log = CapturedLog.of(LOGGER, Level.INFO)) {
      LoadLog load = new LoadLog(LoggerFactory.getLogger(LOGGER), 0);
      for (int second = 0; second <= 7; second++) {
        load.note(second * 100L, 1_000, Duration.ofSeconds(second).toNanos());
      }
      assertThat(log.lines()).hasSize(2);
      assertThat(log.lines().getFirst()).contains("300 of about 1000 rows");
      assertThat(log.lines().getLast()).contains("600 of about 1000 rows");
    }
  }
}
