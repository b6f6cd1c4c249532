package io.postern.replay;

import io.postern.setting.Secrets;
import io.postern.setting.SettingException;
import io.postern.setting.Settings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How client assertions are judged, and where used ones are remembered. */
public final class AssertionOptions {

  /** What {@code --replay-store} may name. */
  enum StoreName {
    POSTGRESQL,
    REDIS,
    MEMORY;

    /** The value of the setting. */
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  @Option(
      names = "--assertion-max-age",
      paramLabel = "DURATION",
      defaultValue = "PT5M",
      description =
          "The longest life of a client assertion, from its iat. Default: ${DEFAULT-VALUE}")
  Duration maxAge = Duration.ofMinutes(5);

  @Option(
      names = "--clock-skew",
      paramLabel = "DURATION",
      defaultValue = "PT10S",
      description = "How far a client's clock may be off. Default: ${DEFAULT-VALUE}")
  Duration clockSkew = Duration.ofSeconds(10);

  @Option(
      names = "--replay-store",
      paramLabel = "STORE",
      defaultValue = "postgresql",
      description =
          "Where used client assertions are remembered: postgresql, redis (see --redis-url) or"
              + " memory, which no other gateway sees and which is lost at a restart. Default:"
              + " ${DEFAULT-VALUE}")
  StoreName store = StoreName.POSTGRESQL;

  @Option(
      names = "--redis-url",
      paramLabel = "URL",
      description =
          "redis://user:password@host:port, or rediss: with TLS. Required by --replay-store"
              + " redis.")
  @Nullable String redisUrl;

  @Option(names = "--redis-url-file", paramLabel = "FILE", description = "The file that holds it.")
  @Nullable Path redisUrlFile;

  @Option(
      names = "--replay-capacity",
      paramLabel = "COUNT",
      defaultValue = "2000000",
      description =
          "With --replay-store memory: the most client assertions that are remembered at once, up"
              + " to 43 bytes each; beyond it private_key_jwt gets 503. Default: ${DEFAULT-VALUE}")
  int capacity = 2_000_000;

  /**
   * The settings, checked.
   *
   * @throws SettingException naming the first bad one
   */
  public AssertionSettings settings() {
    Settings.checkBetween(
        "POSTERN_ASSERTION_MAX_AGE", maxAge, Duration.ofSeconds(1), Duration.ofHours(1));
    Settings.checkBetween("POSTERN_CLOCK_SKEW", clockSkew, Duration.ZERO, Duration.ofMinutes(1));
    Settings.check("POSTERN_REPLAY_CAPACITY", capacity >= 1, capacity + " is not 1 or more");
    if (redisUrl != null || redisUrlFile != null) {
      // a slip is told even if it would not be used
      var _ = redisServer();
    }
    return new AssertionSettings(maxAge, clockSkew, memory());
  }

  private ReplayMemory memory() {
    return switch (store) {
      case POSTGRESQL -> new ReplayMemory.Postgresql();
      case MEMORY -> new ReplayMemory.InProcess(capacity);
      case REDIS -> new ReplayMemory.Redis(redisServer());
    };
  }

  private RedisServer redisServer() {
    String url =
        Secrets.require(
            "POSTERN_REDIS_URL", redisUrl, redisUrlFile, "redis://user:password@host:port");
    return Settings.parse("POSTERN_REDIS_URL", url, RedisServer::parse);
  }
}
