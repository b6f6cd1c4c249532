package io.postern.oauth;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The reading of {@code application/x-www-form-urlencoded} bytes (RFC 6749 App. B), strict: broken
 * percent signs and broken UTF-8 are malformed, not guessed.
 */
final class FormDecoder {
  /** A name and its value, both decoded. */
  record Parameter(String name, String value) {
    @Override
    public String toString() {
      return "Parameter[name=" + name + ", value=<redacted>]";
    }
  }

  private FormDecoder() {}

  /**
   * The parameters of a form in their order.
   *
   * @return null when the form is malformed
   */
  static @Nullable List<Parameter> parameters(byte[] form) {
    List<Parameter> parameters = new ArrayList<>(8);
    int start = 0;
    while (start < form.length) {
      int end = indexOf(form, '&', start, form.length);
      if (end > start) {
        int equals = indexOf(form, '=', start, end);
        String name = decode(form, start, equals);
        String value = equals == end ? "" : decode(form, equals + 1, end);
        if (name == null || value == null) {
          return null;
        }
        parameters.add(new Parameter(name, value));
      }
      start = end + 1;
    }
    return parameters;
  }

  /**
   * The text that the bytes {@code from} to {@code to} encode.
   *
   * @return null when they are malformed
   */
  static @Nullable String decode(byte[] encoded, int from, int to) {
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

  /** The offset of the first such byte, or {@code to}. */
  static int indexOf(byte[] bytes, char wanted, int from, int to) {
    for (int i = from; i < to; i++) {
      if (bytes[i] == wanted) {
        return i;
      }
    }
    return to;
  }

  private static @Nullable String utf8(byte[] bytes, int length) {
    for (int i = 0; i < length; i++) {
      if (bytes[i] < 0) {
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
    }
    return new String(bytes, 0, length, StandardCharsets.ISO_8859_1);
  }
}
