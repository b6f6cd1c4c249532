package io.postern.testing;

import io.postern.http.ListenerSettings;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * A TCP connection that carries whatever bytes a test likes, for what {@code java.net.http} refuses
 * to send. Text is ISO 8859-1: a character is a byte.
 */
public final class ByteConnection implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  /**
   * An answer with a Content-Length, or without a body.
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
    return to(gateway, PATIENCE);
  }

  /** Connects to the public listener; no answer within that time is a failure. */
  public static ByteConnection to(TestGateway gateway, Duration patience) {
    return to(gateway.settings().listeners().http(), patience);
  }

  /** Connects to the management listener; no answer within ten seconds is a failure. */
  public static ByteConnection toManagement(TestGateway gateway) {
    return to(gateway.settings().listeners().management(), PATIENCE);
  }

  private static ByteConnection to(ListenerSettings.Address listener, Duration patience) {
    try {
      Socket socket = new Socket(listener.host(), listener.port());
      socket.setSoTimeout(Math.toIntExact(patience.toMillis()));
      socket.setTcpNoDelay(true);
      return new ByteConnection(socket);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The head of a token request by an agent, with further header lines and the empty line. */
  public static String head(TestRegistry.Agent agent, String... lines) {
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
  public static String request(TestRegistry.Agent agent, String form) {
    return head(agent, "Content-Length: " + form.length()) + form;
  }

  /** Sends text and reads one answer; null when the gateway closes the connection instead. */
  public Answer exchange(String request) {
    // it may have answered and closed before all was sent: read what there is
    write(request);
    Answer answer = findAnswer();
    while (answer != null && answer.status() == 100) {
      answer = findAnswer();
    }
    return answer;
  }

  /** Sends text; false when the gateway has closed the connection. */
  public boolean write(String text) {
    try {
      socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
      socket.getOutputStream().flush();
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /** Whether there is something to read, or nothing more to come from a broken connection. */
  public boolean hasAnswer() {
    try {
      return in.available() > 0;
    } catch (IOException e) {
      return true;
    }
  }

  /** Reads the next answer, an interim one too, waiting for it; there must be one. */
  public Answer read() {
    Answer answer = findAnswer();
    if (answer == null) {
      throw new UncheckedIOException(new EOFException("closed instead of an answer"));
    }
    return answer;
  }

  /** Reads the head of an answer to HEAD, whose length is another's. */
  public Answer readHead() {
    try {
      return new Answer(status(requireLine()), readHeaders(), "");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Whether nothing more comes and the gateway has closed the connection; waits for it. */
  public boolean isClosedByPeer() {
    try {
      return in.read() < 0;
    } catch (SocketException e) {
      return true;
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

  /** The next answer; null at the end of the connection. */
  private Answer findAnswer() {
    try {
      String statusLine = findLine();
      if (statusLine == null) {
        return null;
      }
      Map<String, String> headers = readHeaders();
      int length = Integer.parseInt(headers.getOrDefault("content-length", "0"));
      return new Answer(
          status(statusLine),
          headers,
          new String(in.readNBytes(length), StandardCharsets.ISO_8859_1));
    } catch (SocketException e) {
      return null;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static int status(String statusLine) {
    return Integer.parseInt(statusLine.split(" ", 3)[1]);
  }

  private Map<String, String> readHeaders() throws IOException {
    Map<String, String> headers = new TreeMap<>();
    for (String line = requireLine(); !line.isEmpty(); line = requireLine()) {
      String[] parts = line.split(":", 2);
      headers.put(parts[0].toLowerCase(Locale.ROOT), parts[1].strip());
    }
    return headers;
  }

  private String requireLine() throws IOException {
    String line = findLine();
    if (line == null) {
      throw new EOFException("within the head of an answer");
    }
    return line;
  }

  private String findLine() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int b = in.read(); b != '\n'; b = in.read()) {
      if (b < 0 && line.size() == 0) {
        return null;
      }
      if (b < 0) {
        throw new EOFException("after " + line);
      }
      line.write(b);
    }
    return line.toString(StandardCharsets.ISO_8859_1).stripTrailing();
  }
}
