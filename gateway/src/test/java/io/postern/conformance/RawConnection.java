package io.postern.conformance;

import io.postern.testing.TestGateway;
import io.postern.testing.TestRegistry;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** HTTP/1.1 over a socket, byte by byte, for what no client library would send. */
final class RawConnection implements AutoCloseable {
  private static final int READ_TIMEOUT_MILLIS = 20_000;

  /** An answer with a Content-Length, or without a body. */
  record RawAnswer(int status, Map<String, String> headers, String body) {}

  private final Socket socket;

  private RawConnection(Socket socket) {
    this.socket = socket;
  }

  static RawConnection to(TestGateway gateway) throws IOException {
    Socket socket = new Socket(gateway.settings().http().host(), gateway.settings().http().port());
    socket.setSoTimeout(READ_TIMEOUT_MILLIS);
    socket.setTcpNoDelay(true);
    return new RawConnection(socket);
  }

  /** The head of a token request by an agent, with further header lines and the empty line. */
  static String head(TestRegistry.Agent agent, String... lines) {
    String pair = agent.clientId() + ":" + agent.secret();
    StringBuilder head = new StringBuilder("POST /oauth2/token HTTP/1.1\r\nHost: localhost\r\n");
    head.append("Content-Type: application/x-www-form-urlencoded\r\nAuthorization: Basic ");
    head.append(Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.US_ASCII)));
    head.append("\r\n");
    for (String line : lines) {
      head.append(line).append("\r\n");
    }
    return head.append("\r\n").toString();
  }

  /** A whole token request by an agent. */
  static String request(TestRegistry.Agent agent, String form) {
    return head(agent, "Content-Length: " + form.length()) + form;
  }

  /** Writes; false when the other side has closed. */
  boolean write(String ascii) {
    try {
      socket.getOutputStream().write(ascii.getBytes(StandardCharsets.US_ASCII));
      socket.getOutputStream().flush();
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /** Whether there is something to read. */
  boolean hasAnswer() throws IOException {
    return socket.getInputStream().available() > 0;
  }

  /** Reads the next answer, waiting for it. */
  RawAnswer read() throws IOException {
    InputStream in = socket.getInputStream();
    String statusLine = line(in);
    Map<String, String> headers = new TreeMap<>();
    for (String line = line(in); !line.isEmpty(); line = line(in)) {
      int colon = line.indexOf(':');
      headers.put(
          line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).strip());
    }
    int length = Integer.parseInt(headers.getOrDefault("content-length", "0"));
    String body = new String(in.readNBytes(length), StandardCharsets.UTF_8);
    return new RawAnswer(Integer.parseInt(statusLine.split(" ", 3)[1]), headers, body);
  }

  /** Whether nothing more comes and the other side has closed; waits for it. */
  boolean isClosedByPeer() throws IOException {
    try {
      return socket.getInputStream().read() < 0;
    } catch (SocketException e) {
      return true;
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }

  private static String line(InputStream in) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int b = in.read(); b != '\n'; b = in.read()) {
      if (b < 0) {
        throw new EOFException("after " + line);
      }
      if (b != '\r') {
        line.write(b);
      }
    }
    return line.toString(StandardCharsets.ISO_8859_1);
  }
}
