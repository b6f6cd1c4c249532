package io.postern.testing;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/**
 * A TCP connection that carries whatever bytes a test likes, for what {@code java.net.http} refuses
 * to send. Text is ISO 8859-1: a character is a byte.
 */
public final class ByteConnection implements AutoCloseable {
  private static final int TIMEOUT_MILLIS = 10_000;

  /**
   * An answer.
   *
   * @param headers by their names in lower case, the last one of each
   */
  public record Answer(int status, Map<String, String> headers, String body) {}

  private final Socket socket;
  private final InputStream in;

  private ByteConnection(Socket socket) throws IOException {
    this.socket = socket;
    this.in = new BufferedInputStream(socket.getInputStream());
  }

  /** Connects to the public listener; no answer within ten seconds is a failure. */
  public static ByteConnection to(TestGateway gateway) {
    try {
      Socket socket =
          new Socket(InetAddress.getLoopbackAddress(), gateway.settings().http().port());
      socket.setSoTimeout(TIMEOUT_MILLIS);
      socket.setTcpNoDelay(true);
      return new ByteConnection(socket);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Sends text and reads one answer. */
  public Answer exchange(String request) {
    return exchange(request.getBytes(StandardCharsets.ISO_8859_1));
  }

  /** Sends bytes and reads one answer; null when the gateway closes the connection instead. */
  public Answer exchange(byte[] request) {
    try {
      socket.getOutputStream().write(request);
      socket.getOutputStream().flush();
    } catch (IOException e) {
      // it may have answered and closed before all was sent: read what there is
    }
    return read();
  }

  /** Reads an answer; null at the end of the connection. */
  public Answer read() {
    try {
      String line = readLine();
      while (line != null && line.startsWith("HTTP/1.1 100")) {
        readLine();
        line = readLine();
      }
      if (line == null) {
        return null;
      }
      int status = Integer.parseInt(line.split(" ", 3)[1]);
      Map<String, String> headers = new HashMap<>();
      for (String header = readLine(); header != null && !header.isEmpty(); header = readLine()) {
        String[] parts = header.split(":", 2);
        headers.put(parts[0].toLowerCase(Locale.ROOT), parts[1].strip());
      }
      int length = Integer.parseInt(headers.getOrDefault("content-length", "0"));
      return new Answer(
          status, headers, new String(in.readNBytes(length), StandardCharsets.ISO_8859_1));
    } catch (SocketException e) {
      return null;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String readLine() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int b = in.read(); b >= 0; b = in.read()) {
      if (b == '\n') {
        return line.toString(StandardCharsets.ISO_8859_1).stripTrailing();
      }
      line.write(b);
    }
    return line.size() == 0 ? null : line.toString(StandardCharsets.ISO_8859_1);
  }
}
