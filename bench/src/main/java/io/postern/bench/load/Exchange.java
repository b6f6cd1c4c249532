package io.postern.bench.load;

import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;

/** One response to one request, on a connection of its own. */
record Exchange(int status, String body) {
  private static final int TIMEOUT_MILLIS = 10_000;

  /** Sends a request to a port of the loopback and waits for the response. */
  static Exchange with(int port, Request request) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(TIMEOUT_MILLIS);
      socket.setTcpNoDelay(true);
      socket.getOutputStream().write(request.bytes());
      ResponseScanner scanner = new ResponseScanner();
      InputStream in = socket.getInputStream();
      byte[] buffer = new byte[8192];
      while (!scanner.isComplete()) {
        int read = in.read(buffer);
        if (read < 0) {
          throw new IOException("the connection was closed before the response");
        }
        scanner.append(Unpooled.wrappedBuffer(buffer, 0, read));
      }
      return new Exchange(scanner.status(), scanner.body());
    }
  }

  @Override
  public String toString() {
    return "Exchange[status=" + status + ", body=<redacted>]";
  }
}
