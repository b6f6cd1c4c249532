package io.postern.replay;

import io.vertx.core.Vertx;
import io.vertx.core.net.NetClientOptions;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.RedisOptions;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Where Redis or Valkey is: {@code redis://user:password@host:port/database}, or {@code rediss:}
 * with TLS, whose certificate the JDK's roots must vouch for. Its text form leaves the password
 * out.
 */
public final class RedisServer {
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(2);
  // longer than anything asked takes: what is silent for so long is dead
  private static final Duration SILENCE = Duration.ofSeconds(20);
  private static final int MOST_UNANSWERED = 2_048;

  private final String url;
  private final URI uri;

  private RedisServer(String url, URI uri) {
    this.url = url;
    this.uri = uri;
  }

  /**
   * Reads the setting.
   *
   * @throws IllegalArgumentException without any part of the setting in its message
   */
  public static RedisServer parse(String setting) {
    try {
      URI uri = new URI(setting);
      boolean isRedis = "redis".equals(uri.getScheme()) || "rediss".equals(uri.getScheme());
      if (isRedis && uri.getHost() != null && uri.getPath().matches("/?[0-9]{0,4}")) {
        return new RedisServer(setting, uri);
      }
    } catch (URISyntaxException e) {
      // not as the cause: its message may quote the password
    }
    throw new IllegalArgumentException(
        "it must look like redis://user:password@host:port or rediss://user:password@host:port");
  }

  /** A client, with one connection. */
  Redis client(Vertx vertx) {
    boolean tls = "rediss".equals(uri.getScheme());
    return Redis.createClient(
        vertx,
        new RedisOptions()
            .setConnectionString(url)
            .setMaxPoolSize(1)
            .setMaxWaitingHandlers(MOST_UNANSWERED)
            .setNetClientOptions(
                new NetClientOptions()
                    .setSsl(tls)
                    .setHostnameVerificationAlgorithm(tls ? "HTTPS" : "")
                    .setTcpKeepAlive(true)
                    .setTcpNoDelay(true)
                    .setConnectTimeout((int) CONNECT_TIMEOUT.toMillis())
                    .setReadIdleTimeout((int) SILENCE.toSeconds())
                    .setIdleTimeoutUnit(TimeUnit.SECONDS)));
  }

  @Override
  public String toString() {
    return uri.getScheme()
        + "://"
        + uri.getHost()
        + (uri.getPort() < 0 ? "" : ":" + uri.getPort())
        + uri.getPath();
  }
}
