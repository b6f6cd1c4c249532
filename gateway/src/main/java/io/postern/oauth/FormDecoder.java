package io.postern.oauth;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The reading of {@code application/x-www-form-urlencoded} bytes (RFC 6749 App. B), strict: broken
 * percent signs and broken UTF-8 are malformed, not guessed. Stands at one parameter after the
 * other.
 */
final class FormDecoder {
  private final byte[] form;
  private int start;
  private int equals;
  private int end = -1;

  FormDecoder(byte[] form) {
    this.form = form;
  }

  /** Goes to the next parameter; false when there is none. Empty ones are passed over. */
  boolean next() {
    do {
      start = end + 1;
      if (start >= form.length) {
        return false;
      }
      end = start;
      equals = -1;
      for (; end < form.length && form[end] != '&'; end++) {
        if (form[end] == '=' && equals < 0) {
          equals = end;
        }
      }
    } while (end == start);
    if (equals < 0) {
      equals = end;
    }
    return true;
  }

  /** The known parameter whose name stands here as it is, without any encoding; or null. */
  @Nullable Parameter plainParameter() {
    return Parameter.find(form, start, equals);
  }

  /** The name; null when it is malformed. */
  @Nullable String name() {
    return decode(form, start, equals);
  }

  /** The value; null when it is malformed. */
  @Nullable String value() {
    return equals == end ? "" : decode(form, equals + 1, end);
  }

  /**
   * The text that the bytes {@code from} to {@code to} encode.
   *
   * @return null when they are malformed
   */
  static @Nullable String decode(byte[] encoded, int from, int to) {
    for (int i = from; i < to; i++) {
      byte b = encoded[i];
      if (b < 0 || b == '%' || b == '+') {
        return decodeEncoded(encoded, from, to);
      }
    }
    return new String(encoded, from, to - from, StandardCharsets.ISO_8859_1);
  }

  private static @Nullable String decodeEncoded(byte[] encoded, int from, int to) {
    byte[] decoded = new byte[to - from];
    int length = 0;
    for (int i = from; i < to; i++) {
      byte b = encoded[i];
      if (b == '%') {
        if (i + 2 >= to) {
          return null;
        }
        int high = Character.digit(encoded[i + 1], 16);
        int low = Character.digit(encoded[i + 2], 16);
        if (high < 0 || low < 0) {
          return null;
        }
        b = (byte) (high << 4 | low);
        i += 2;
      } else if (b == '+') {
        b = ' ';
      }
      decoded[length++] = b;
    }
    return utf8(decoded, length);
  }

  private static @Nullable String utf8(byte[] bytes, int length) {
    int i = 0;
    while (i < length && bytes[i] >= 0) {
      i++;
    }
    if (i == length) {
      return new String(bytes, 0, length, StandardCharsets.ISO_8859_1);
    }
    try {
      // a new decoder reports what is malformed; String's constructor would replace it
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(bytes, 0, length))
          .toString();
    } catch (CharacterCodingException e) {
      return null;
    }
  }

  /** The offset of the first such byte, or {@code to}. */
  static int indexOf(byte[] bytes, char wanted, int from, int to) {
    for (int i = from; i < to; i++) {
      if (bytes[i] == wanted) {
        return i;
      }
    }
    return to;
  }
}
