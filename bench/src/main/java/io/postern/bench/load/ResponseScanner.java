package io.postern.bench.load;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Finds where HTTP/1.1 responses end (RFC 9112 §6), in whatever pieces they arrive, and reads of
 * them no more than it must. For one connection; not thread-safe.
 */
final class ResponseScanner {
  private static final int MAX_BYTES = 1 << 20;
  private static final byte[] CONTENT_LENGTH = ascii("content-length:");
  private static final byte[] TRANSFER_ENCODING = ascii("transfer-encoding:");
  private static final byte[] CONNECTION = ascii("connection:");
  private static final int STATUS_AT = "HTTP/1.1 ".length();
  private static final int INCOMPLETE = -1;

  /** A response that this does not understand. */
  static final class MalformedResponseException extends RuntimeException {
    MalformedResponseException(String message) {
      super(message);
    }
  }

  private byte[] bytes = new byte[8192];
  private int size;

  // of the response at the front, once its head is there
  private int searchedForHead;
  private int bodyStart = INCOMPLETE;
  private int contentLength;
  private boolean chunked;
  private int chunkStart;
  private boolean keepAlive;
  private int end;

  /** Takes what has arrived. */
  void append(ByteBuf arrived) {
    int length = arrived.readableBytes();
    if (size + length > MAX_BYTES) {
      throw new MalformedResponseException("a response is longer than " + MAX_BYTES + " bytes");
    }
    if (size + length > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, size + length));
    }
    arrived.readBytes(bytes, size, length);
    size += length;
  }

  /** Whether a whole response is at the front. */
  boolean isComplete() {
    if (bodyStart == INCOMPLETE && !findHead()) {
      return false;
    }
    end = chunked ? findLastChunk() : bodyStart + contentLength;
    return end != INCOMPLETE && end <= size;
  }

  /** The status of the complete response. */
  int status() {
    int status = 0;
    for (int i = STATUS_AT; i < STATUS_AT + 3; i++) {
      status = 10 * status + bytes[i] - '0';
    }
    return status;
  }

  /** Whether the connection takes another request after it (RFC 9112 §9.3). */
  boolean keepAlive() {
    return keepAlive;
  }

  /** Its body as it was transferred. */
  String body() {
    return new String(bytes, bodyStart, end - bodyStart, StandardCharsets.UTF_8);
  }

  /** Drops the complete response; what follows it stays. */
  void next() {
    size -= end;
    System.arraycopy(bytes, end, bytes, 0, size);
    searchedForHead = 0;
    bodyStart = INCOMPLETE;
  }

  private boolean findHead() {
    int i = searchedForHead;
    for (; i + 3 < size; i++) {
      if (bytes[i] == '\r' && isLineEnd(i) && isLineEnd(i + 2)) {
        readHead(i + 2);
        return true;
      }
    }
    searchedForHead = i;
    return false;
  }

  private void readHead(int headEnd) {
    contentLength = INCOMPLETE;
    chunked = false;
    keepAlive = true;
    for (int line = lineAfter(0); line < headEnd; line = lineAfter(line)) {
      if (startsWith(line, CONTENT_LENGTH)) {
        contentLength = number(line + CONTENT_LENGTH.length, 10);
      } else if (startsWith(line, TRANSFER_ENCODING)) {
        chunked = true;
      } else if (startsWith(line, CONNECTION)) {
        keepAlive = !value(line + CONNECTION.length).equalsIgnoreCase("close");
      }
    }
    bodyStart = headEnd + 2;
    chunkStart = bodyStart;
    int status = status();
    if (status == 204 || status == 304) {
      contentLength = 0;
    }
    if (contentLength == INCOMPLETE && !chunked) {
      throw new MalformedResponseException("a response without a length, status " + status);
    }
  }

  // RFC 9112 §7.1; trailer fields are passed over
  private int findLastChunk() {
    while (true) {
      int data = lineAfter(chunkStart);
      if (data > size) {
        return INCOMPLETE;
      }
      int length = number(chunkStart, 16);
      if (length == 0) {
        return findEmptyLine(data);
      }
      if (data + length + 2 > size) {
        return INCOMPLETE;
      }
      chunkStart = data + length + 2;
    }
  }

  private int findEmptyLine(int from) {
    for (int line = from; line < size; line = lineAfter(line)) {
      if (line + 1 < size && isLineEnd(line)) {
        return line + 2;
      }
    }
    return INCOMPLETE;
  }

  /** The start of the next line; beyond the size when this one has no end yet. */
  private int lineAfter(int from) {
    for (int i = from; i + 1 < size; i++) {
      if (isLineEnd(i)) {
        return i + 2;
      }
    }
    return size + 1;
  }

  private boolean isLineEnd(int at) {
    return bytes[at] == '\r' && bytes[at + 1] == '\n';
  }

  private boolean startsWith(int at, byte[] name) {
    for (int i = 0; i < name.length; i++) {
      byte b = bytes[at + i];
      if ((b >= 'A' && b <= 'Z' ? b + ('a' - 'A') : b) != name[i]) {
        return false;
      }
    }
    return true;
  }

  private int number(int from, int radix) {
    int i = from;
    while (bytes[i] == ' ') {
      i++;
    }
    int number = 0;
    for (int digit; (digit = Character.digit(bytes[i], radix)) >= 0 && number < MAX_BYTES; i++) {
      number = radix * number + digit;
    }
    return number;
  }

  private String value(int from) {
    return new String(bytes, from, lineAfter(from) - 2 - from, StandardCharsets.US_ASCII).strip();
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
