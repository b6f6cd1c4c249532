package io.postern.faults;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** Verifiers that follow the not-before lines of a replica by an open stream each. */
final class LineReaders implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final List<Socket> sockets = new ArrayList<>();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final CountDownLatch ready;
  private final CountDownLatch told;
  private final Latencies took;
  private volatile long committed;

  /** Returns when each has read the whole. */
  LineReaders(Replica replica, int count) throws IOException, InterruptedException {
    this.ready = new CountDownLatch(count);
    this.told = new CountDownLatch(count);
    this.took = new Latencies(count);
    for (int i = 0; i < count; i++) {
      Socket socket = new Socket(InetAddress.getLoopbackAddress(), replica.httpPort());
      sockets.add(socket);
      var _ = threads.submit(() -> read(socket));
    }
    await(ready);
  }

  private Void read(Socket socket) throws IOException {
    socket
        .getOutputStream()
        .write(
            "GET /oauth2/revocations HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n\r\n"
                .getBytes(StandardCharsets.US_ASCII));
    BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
    for (String line = reader.readLine(); line != null; line = reader.readLine()) {
      if (line.equals("event: lines")) {
        reader.readLine();
        ready.countDown();
      } else if (line.equals("event: change")) {
        took.add(System.nanoTime() - committed);
        told.countDown();
        return null;
      }
    }
    return null;
  }

  /** Has a line drawn, and waits until all have been told of it. */
  Latencies await(Checker.Step draw) throws Exception {
    // a reader may be told before the step returns
    committed = System.nanoTime();
    draw.run();
    await(told);
    return took;
  }

  private static void await(CountDownLatch latch) throws InterruptedException {
    if (!latch.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
      throw new IllegalStateException(latch.getCount() + " readers were not told");
    }
  }

  @Override
  public void close() throws IOException {
    for (Socket socket : sockets) {
      socket.close();
    }
    threads.close();
  }
}
