package io.postern.replay;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.RedisConnection;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Used assertions in Redis or Valkey: a key for each, which expires. A batch is one pipeline.
 *
 * <p>Redis may lose its memory, or its last part, by a restart, a failover or a flush. So there is
 * a marker that says since when it remembers, and its name says which memory is meant: the server's
 * {@code run_id}, another one after each start, and the {@code master_replid}, another one after
 * each failover. A pipeline ends with the marker, made if it is missing. A memory that was lost
 * before the end of the pipeline has no older one.
 */
public final class RedisReplayStore implements ReplayStore {
  private static final Logger LOG = LoggerFactory.getLogger(RedisReplayStore.class);
  private static final String USED = "postern:jti:";
  private static final String SINCE = "postern:replay:since:";
  // gateways' clocks may differ
  private static final Duration CLOCK_MARGIN = Duration.ofSeconds(5);
  private static final Duration KEPT_LONGER = Duration.ofMinutes(1);
  private static final Base64.Encoder BASE64URL = Base64.getUrlEncoder().withoutPadding();

  private final RedisServer server;

  public RedisReplayStore(RedisServer server) {
    this.server = server;
  }

  @Override
  public String name() {
    return "redis";
  }

  @Override
  public Future<Session> connect(Vertx vertx) {
    Redis client = server.client(vertx);
    return client
        .connect()
        .compose(connection -> inspect(client, connection))
        .onFailure(e -> client.close());
  }

  private Future<Session> inspect(Redis client, RedisConnection connection) {
    return connection
        .send(Request.cmd(Command.INFO))
        .map(
            info -> {
              String text = String.valueOf(info);
              String mode = require(text, "redis_mode");
              if (!mode.equals("standalone")) {
                throw new IllegalStateException(server + " is no single server but " + mode);
              }
              String policy = require(text, "maxmemory_policy");
              if (!policy.equals("noeviction")) {
                LOG.warn(
                    "{} has maxmemory-policy {}: it may forget used assertions unnoticed; set"
                        + " noeviction",
                    server,
                    policy);
              }
              String memory = require(text, "run_id") + ":" + require(text, "master_replid");
              return new RedisSession(client, connection, SINCE + memory);
            });
  }

  private static String require(String info, String field) {
    Matcher value = Pattern.compile("(?m)^" + field + ":(\\S+)").matcher(info);
    if (!value.find()) {
      throw new IllegalStateException("INFO does not tell " + field);
    }
    return value.group(1);
  }

  private record RedisSession(Redis client, RedisConnection connection, String marker)
      implements Session {
    @Override
    public Future<Answer> use(List<Use> uses, Instant now) {
      List<Request> pipeline = new ArrayList<>(uses.size() + 2);
      for (Use use : uses) {
        long millis = Duration.between(now, use.until()).plus(KEPT_LONGER).toMillis();
        pipeline.add(
            Request.cmd(Command.SET).arg(key(use)).arg("1").arg("NX").arg("PX").arg(millis));
      }
      String since = Long.toString(now.plus(CLOCK_MARGIN).getEpochSecond() + 1);
      pipeline.add(Request.cmd(Command.SET).arg(marker).arg(since).arg("NX"));
      pipeline.add(Request.cmd(Command.GET).arg(marker));
      return connection.batch(pipeline).map(replies -> answer(uses.size(), replies));
    }

    private static Answer answer(int count, List<@Nullable Response> replies) {
      List<Boolean> firstUses = new ArrayList<>(count);
      for (int i = 0; i < count; i++) {
        // null where the key was there
        firstUses.add(replies.get(i) != null);
      }
      Response since = replies.getLast();
      if (since == null) {
        throw new IllegalStateException("the memory was lost meanwhile");
      }
      return new Answer(firstUses, Instant.ofEpochSecond(Long.parseLong(since.toString())));
    }

    private static String key(Use use) {
      byte[] digest =
          ByteBuffer.allocate(2 * Long.BYTES)
              .putLong(use.digest().high())
              .putLong(use.digest().low())
              .array();
      return USED + BASE64URL.encodeToString(digest);
    }

    @Override
    public void onLoss(Runnable handler) {
      connection.endHandler(ignored -> handler.run());
      connection.exceptionHandler(e -> LOG.debug("The connection failed", e));
    }

    @Override
    public Future<Void> close() {
      return client.close();
    }
  }
}
