package io.postern.faults;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;

/**
 * A relay between two ports of the loopback that breaks in the ways in which networks break. Its
 * own port stays the same, whatever becomes of the target. Thread-safe.
 */
final class TcpProxy implements AutoCloseable {
  enum Mode {
    /** Forwards. */
    PASS,
    /** Resets what connects. */
    REFUSE,
    /** Accepts, forwards nothing, closes nothing; what it holds goes on when this ends. */
    BLACK_HOLE
  }

  private static final int CHUNK = 16 * 1024;

  private final ServerSocket server;
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private volatile int target;
  private volatile Duration delay = Duration.ZERO;
  private Mode mode = Mode.PASS;
  private boolean closed;

  /**
   * @param target the port that is forwarded to
   */
  TcpProxy(int target) {
    this.target = target;
    try {
      server = new ServerSocket(0, 512, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Thread.ofVirtual().start(this::accept);
  }

  int port() {
    return server.getLocalPort();
  }

  /** Where connections that are made from now on lead. */
  void target(int port) {
    target = port;
  }

  synchronized void mode(Mode next) {
    mode = next;
    notifyAll();
  }

  /** Holds each piece that is forwarded for that long. */
  void delay(Duration each) {
    delay = each;
  }

  /** Resets all connections that there are. */
  void resetAll() {
    sockets.forEach(TcpProxy::reset);
  }

  /** Resets all connections, and whatever connects from now on. */
  void cut() {
    mode(Mode.REFUSE);
    resetAll();
  }

  @Override
  public void close() {
    synchronized (this) {
      closed = true;
      notifyAll();
    }
    try {
      server.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    resetAll();
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket client = server.accept();
        Thread.ofVirtual().start(() -> relay(client));
      } catch (IOException e) {
        // closed
      }
    }
  }

  private void relay(Socket client) {
    sockets.add(client);
    Socket upstream = new Socket();
    sockets.add(upstream);
    try {
      if (passes() == Mode.REFUSE) {
        reset(client);
        return;
      }
      upstream.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), target), 2_000);
      upstream.setTcpNoDelay(true);
      client.setTcpNoDelay(true);
      Thread back = Thread.ofVirtual().start(() -> forward(upstream, client));
      forward(client, upstream);
      back.join();
    } catch (IOException e) {
      reset(client);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      sockets.remove(client);
      sockets.remove(upstream);
      reset(upstream);
      reset(client);
    }
  }

  private void forward(Socket from, Socket to) {
    try {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      byte[] chunk = new byte[CHUNK];
      int length = in.read(chunk);
      while (length >= 0) {
        LockSupport.parkNanos(delay.toNanos());
        passes();
        out.write(chunk, 0, length);
        length = in.read(chunk);
      }
      passes();
      to.shutdownOutput();
    } catch (IOException e) {
      reset(from);
      reset(to);
    }
  }

  /** Waits while nothing passes; the mode then. */
  private synchronized Mode passes() {
    try {
      while (mode == Mode.BLACK_HOLE && !closed) {
        wait();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return mode;
  }

  private static void reset(Socket socket) {
    try {
      if (!socket.isClosed()) {
        socket.setSoLinger(true, 0);
        socket.close();
      }
    } catch (IOException e) {
      // gone already
    }
  }
}
