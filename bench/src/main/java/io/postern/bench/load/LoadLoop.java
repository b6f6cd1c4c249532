package io.postern.bench.load;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** One event loop of the generator with its connections. Confined to that loop until it is done. */
// Timers and closing channels end in this class's own methods.
@SuppressWarnings("FutureReturnValueIgnored")
final class LoadLoop {
  private static final Duration DRAIN_TIMEOUT = Duration.ofSeconds(10);

  private final EventLoop eventLoop;
  private final Bootstrap bootstrap;
  private final Requests requests;
  private final int connections;
  private final Schedule schedule;

  private final Tally tally = new Tally();
  private final Set<Channel> open = new HashSet<>();
  private final ArrayDeque<LoadConnection> idle = new ArrayDeque<>();
  private final CompletableFuture<Void> done = new CompletableFuture<>();
  private long sent;
  private int inFlight;
  private boolean timerSet;

  LoadLoop(
      EventLoop eventLoop,
      Bootstrap bootstrap,
      Requests requests,
      int connections,
      Schedule schedule) {
    this.eventLoop = eventLoop;
    this.bootstrap = bootstrap.handler(initializer());
    this.requests = requests;
    this.connections = connections;
    this.schedule = schedule;
  }

  private ChannelInitializer<Channel> initializer() {
    return new ChannelInitializer<>() {
      @Override
      protected void initChannel(Channel channel) {
        channel.pipeline().addLast(new LoadConnection(LoadLoop.this));
      }
    };
  }

  void start() {
    for (int i = 0; i < connections; i++) {
      connect();
    }
    long now = System.nanoTime();
    eventLoop.schedule(this::finishIfDrained, schedule.end() - now, TimeUnit.NANOSECONDS);
    eventLoop.schedule(
        this::giveUp, schedule.end() - now + DRAIN_TIMEOUT.toNanos(), TimeUnit.NANOSECONDS);
  }

  private void connect() {
    ChannelFuture connecting = bootstrap.connect();
    connecting.addListener(
        connected -> {
          if (!connected.isSuccess()) {
            fail("cannot connect: " + connected.cause());
            if (open.isEmpty()) {
              finish();
            }
          }
        });
  }

  /** A connection is open. */
  void opened(LoadConnection connection, Channel channel) {
    open.add(channel);
    free(connection);
  }

  /** A connection can take a request. */
  private void free(LoadConnection connection) {
    long now = System.nanoTime();
    if (schedule.isOver(now) && !isBehind()) {
      finishIfDrained();
    } else if (!schedule.hasRate()) {
      send(connection, now);
    } else if (schedule.dueAt(sent) <= now) {
      send(connection, schedule.dueAt(sent));
    } else {
      idle.push(connection);
      setTimer(now);
    }
  }

  private boolean isBehind() {
    return schedule.hasRate() && !schedule.isOver(schedule.dueAt(sent));
  }

  private void setTimer(long now) {
    if (!timerSet && isBehind()) {
      timerSet = true;
      eventLoop.schedule(this::sendDue, schedule.dueAt(sent) - now, TimeUnit.NANOSECONDS);
    }
  }

  private void sendDue() {
    timerSet = false;
    long now = System.nanoTime();
    while (!idle.isEmpty() && isBehind() && schedule.dueAt(sent) <= now) {
      send(idle.pop(), schedule.dueAt(sent));
    }
    if (!idle.isEmpty()) {
      setTimer(now);
    }
  }

  private void send(LoadConnection connection, long intended) {
    Request request = requests.next();
    if (request == null) {
      fail("the prepared requests are used up: prepare more");
      finish();
      return;
    }
    sent++;
    inFlight++;
    connection.send(request, intended);
  }

  /** A response came. */
  void answered(
      LoadConnection connection, Request request, long intended, ResponseScanner response) {
    if (done.isDone()) {
      return;
    }
    long now = System.nanoTime();
    inFlight--;
    tally.count(response, request, schedule.isMeasured(intended) ? now - intended : -1);
    if (response.keepAlive()) {
      free(connection);
    }
  }

  /** A connection was closed; another takes its place. */
  void closed(LoadConnection connection, Channel channel, boolean waited) {
    if (done.isDone()) {
      return;
    }
    open.remove(channel);
    idle.remove(connection);
    if (waited) {
      inFlight--;
      fail("a connection was closed before the response");
    }
    if (schedule.isOver(System.nanoTime()) && !isBehind()) {
      finishIfDrained();
    } else {
      connect();
    }
  }

  /** Something went wrong. */
  void fail(String what) {
    if (!done.isDone()) {
      tally.fail(what);
    }
  }

  private void finishIfDrained() {
    if (inFlight == 0 && !isBehind() && schedule.isOver(System.nanoTime())) {
      finish();
    }
  }

  private void giveUp() {
    if (!done.isDone()) {
      fail(inFlight + " requests were not answered within " + DRAIN_TIMEOUT);
      finish();
    }
  }

  private void finish() {
    if (done.complete(null)) {
      List.copyOf(open).forEach(Channel::close);
    }
  }

  CompletableFuture<Void> done() {
    return done;
  }

  /** What it saw, once it is done. */
  Tally tally() {
    return tally;
  }
}
