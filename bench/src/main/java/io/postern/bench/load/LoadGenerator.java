package io.postern.bench.load;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * An HTTP/1.1 client that sends prepared requests over connections that stay open, and costs as
 * little as it can, since it shares the machine with what it measures: it works on Netty's channels
 * directly, without a client library's objects, on epoll's timers where there are any.
 *
 * <p>A request belongs to the measured window if it was to be sent in it. No request is sent on a
 * connection that still waits for a response.
 */
final class LoadGenerator implements AutoCloseable {
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);

  /**
   * How requests are sent.
   *
   * @param connections as many are open
   * @param ratePerSecond when requests are to be sent, be there a connection free for them or not:
   *     their latency counts from that time. Null: each connection sends its next request at once
   * @param warmUp before the measured window
   * @param window the measured window
   */
  record Plan(int connections, @Nullable Double ratePerSecond, Duration warmUp, Duration window) {
    Plan {
      if (connections < 1 || (ratePerSecond != null && ratePerSecond <= 0) || window.isZero()) {
        throw new IllegalArgumentException("nothing to send");
      }
    }
  }

  private final int threads;
  private final MultiThreadIoEventLoopGroup group;
  private final Class<? extends SocketChannel> channel;

  /**
   * @param threads event loops, among which the connections are divided
   */
  LoadGenerator(int threads) {
    boolean epoll = Epoll.isAvailable();
    IoHandlerFactory io = epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
    this.threads = threads;
    this.group = new MultiThreadIoEventLoopGroup(threads, io);
    this.channel = epoll ? EpollSocketChannel.class : NioSocketChannel.class;
  }

  /** One for every four cores. */
  static int defaultThreads() {
    return Math.max(1, Runtime.getRuntime().availableProcessors() / 4);
  }

  /** Sends, waits for what was sent to be answered, and returns then. */
  LoadResult run(InetSocketAddress target, Requests requests, Plan plan) {
    int loops = Math.min(threads, plan.connections());
    long start = System.nanoTime();
    List<LoadLoop> running = new ArrayList<>();
    for (int i = 0; i < loops; i++) {
      EventLoop eventLoop = group.next();
      Bootstrap bootstrap =
          new Bootstrap()
              .group(eventLoop)
              .channel(channel)
              .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) CONNECT_TIMEOUT.toMillis())
              .option(ChannelOption.TCP_NODELAY, true)
              .remoteAddress(target);
      int connections = plan.connections() / loops + (i < plan.connections() % loops ? 1 : 0);
      LoadLoop loop =
          new LoadLoop(
              eventLoop, bootstrap, requests, connections, Schedule.of(plan, start, i, loops));
      running.add(loop);
      eventLoop.execute(loop::start);
    }
    running.forEach(loop -> loop.done().join());
    Tally all = new Tally();
    running.forEach(loop -> all.add(loop.tally()));
    return all.toResult(plan.window());
  }

  @Override
  public void close() {
    group.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
  }
}
