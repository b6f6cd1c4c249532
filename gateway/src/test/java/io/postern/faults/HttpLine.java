package io.postern.faults;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * A kept-alive HTTP/1.1 connection to a port of the loopback. It retries nothing and costs little.
 * Confined to one thread at a time.
 */
final class HttpLine implements AutoCloseable {
  /**
   * An answer with a Content-Length, or without a body.
   *
   * @param headers by their names in lower case
   */
  record Answer(int status, Map<String, String> headers, String body) {
    /** Whether the connection may be used again. */
    boolean keepsAlive() {
      return !"close".equalsIgnoreCase(headers.get("connection"));
    }
  }

  private final Socket socket = new Socket();
  private final InputStream in;

  /**
   * @param patience for the connection and for each answer
   */
  HttpLine(int port, Duration patience) throws IOException {
    int millis = Math.toIntExact(patience.toMillis());
    try {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), millis);
      socket.setSoTimeout(millis);
      socket.setTcpNoDelay(true);
      in = new BufferedInputStream(socket.getInputStream());
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  /** One request on a connection of its own. */
  static Answer once(
      int port, Duration patience, String method, String path, String headers, String body)
      throws IOException {
    try (HttpLine line = new HttpLine(port, patience)) {
      return line.exchange(method, path, headers, body);
    }
  }

  /**
   * Sends a request and reads its answer.
   *
   * @param headers each line with its end
   * @param body ASCII
   */
  Answer exchange(String method, String path, String headers, String body) throws IOException {
    String request =
        method
            + " "
            + path
            + " HTTP/1.1\r\nHost: localhost\r\n"
            + headers
            + "Content-Length: "
            + body.length()
            + "\r\n\r\n"
            + body;
    socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
    int status = Integer.parseInt(line().split(" ", 3)[1]);
    Map<String, String> answered = new TreeMap<>();
    for (String header = line(); !header.isEmpty(); header = line()) {
      int colon = header.indexOf(':');
      answered.put(
          header.substring(0, colon).toLowerCase(Locale.ROOT), header.substring(colon + 1).strip());
    }
    int length = Integer.parseInt(answered.getOrDefault("content-length", "0"));
    byte[] read = in.readNBytes(length);
    if (read.length < length) {
      throw new EOFException("the answer was cut short");
    }
    return new Answer(status, answered, new String(read, StandardCharsets.UTF_8));
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      // gone already
    }
  }

  private String line() throws IOException {
    StringBuilder line = new StringBuilder();
    int c = in.read();
    while (c != '\n') {
      if (c < 0) {
        throw new EOFException("the connection was closed");
      }
      if (c != '\r') {
        line.append((char) c);
      }
      c = in.read();
    }
    return line.toString();
  }
}
