package io.postern.token;

import io.postern.oauth.JsonText;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** A run of bytes that grows, and is written anew for each token. Confined to one thread. */
final class TokenBytes {
  private static final Base64.Encoder BASE64URL = Base64.getUrlEncoder().withoutPadding();
  // a multiple of three, so that the encoded pieces can be joined
  private static final int PIECE = 192;
  private static final int MAX_DIGITS = 20;

  // by length: the encoder takes whole arrays only
  private final byte[] @Nullable [] pieces = new byte[PIECE + 1][];
  private final byte[] encodedPiece = new byte[PIECE / 3 * 4];
  private byte[] bytes = new byte[1024];
  private int length;

  /** The bytes; those before {@link #length} are good, until something else is written. */
  byte[] array() {
    return bytes;
  }

  int length() {
    return length;
  }

  TokenBytes clear() {
    length = 0;
    return this;
  }

  TokenBytes append(byte[] part) {
    return append(part, 0, part.length);
  }

  TokenBytes append(TokenBytes part) {
    return append(part.bytes, 0, part.length);
  }

  TokenBytes append(char ascii) {
    reserve(1);
    bytes[length++] = (byte) ascii;
    return this;
  }

  /** Appends a number of 0 or more in decimal digits. */
  TokenBytes appendNumber(long number) {
    reserve(MAX_DIGITS);
    int end = length + 1;
    for (long rest = number / 10; rest > 0; rest /= 10) {
      end++;
    }
    long rest = number;
    for (int i = end - 1; i >= length; i--) {
      bytes[i] = (byte) ('0' + rest % 10);
      rest /= 10;
    }
    length = end;
    return this;
  }

  /** Appends a JSON string with its quotation marks, in UTF-8 (RFC 8259 §7, §8.1). */
  TokenBytes appendString(String text) {
    int start = length;
    reserve(text.length() + 2);
    bytes[length++] = '"';
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (!JsonText.isPlainAscii(c)) {
        length = start;
        String escaped = JsonText.appendString(new StringBuilder(), text).toString();
        return append(escaped.getBytes(StandardCharsets.UTF_8));
      }
      bytes[length++] = (byte) c;
    }
    return append('"');
  }

  /** Appends the base64url encoding of bytes, without padding (RFC 7515 §2). */
  TokenBytes appendBase64url(byte[] source, int count) {
    for (int from = 0; from < count; from += PIECE) {
      byte[] piece = piece(Math.min(PIECE, count - from));
      System.arraycopy(source, from, piece, 0, piece.length);
      append(encodedPiece, 0, BASE64URL.encode(piece, encodedPiece));
    }
    return this;
  }

  private byte[] piece(int size) {
    byte[] piece = pieces[size];
    if (piece == null) {
      piece = new byte[size];
      pieces[size] = piece;
    }
    return piece;
  }

  private TokenBytes append(byte[] source, int from, int count) {
    reserve(count);
    System.arraycopy(source, from, bytes, length, count);
    length += count;
    return this;
  }

  private void reserve(int count) {
    if (bytes.length - length < count) {
      bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, length + count));
    }
  }
}
