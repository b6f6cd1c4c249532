package io.postern.cli;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** A text in UTF-8 that a person wrote, and the words for what is wrong with it. */
final class SourceText {
  private static final int MAX_BYTES = 256 * 1024 * 1024;

  private final String name;
  private final byte[] bytes;

  // the byte order mark that some editors write
  private final int start;

  private SourceText(String name, byte[] bytes) {
    this.name = name;
    this.bytes = bytes;
    boolean marked = bytes.length > 2 && bytes[0] == -17 && bytes[1] == -69 && bytes[2] == -65;
    this.start = marked ? 3 : 0;
  }

  /**
   * Reads all that there is.
   *
   * @param name what people know it by
   * @throws CommandFailedException when it is too long, or not in UTF-8
   */
  static SourceText read(String name, InputStream content) throws IOException {
    byte[] bytes = content.readNBytes(MAX_BYTES + 1);
    if (bytes.length > MAX_BYTES) {
      throw new CommandFailedException(name + " has more than " + MAX_BYTES + " bytes");
    }
    SourceText text = new SourceText(name, bytes);
    text.requireUtf8();
    return text;
  }

  /** What people know it by. */
  String name() {
    return name;
  }

  /** Whether it is called JSON, or begins as an object in JSON does. */
  boolean isJson() {
    return name.toLowerCase(Locale.ROOT).endsWith(".json") || beginsWithBrace();
  }

  Reader reader() {
    return new InputStreamReader(
        new ByteArrayInputStream(bytes, start, bytes.length - start), StandardCharsets.UTF_8);
  }

  /** That it cannot be taken, because of something in a line, the first of which is 1. */
  CommandFailedException fault(int line, String reason) {
    return new CommandFailedException(name + ", line " + line + ": " + reason);
  }

  /**
   * Refuses a text that is none, a half of a surrogate pair in it, before it becomes another one.
   */
  String requireUnicode(int line, String text) {
    if (text.codePoints()
        .anyMatch(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE)) {
      throw fault(line, "half of a surrogate pair stands alone (\\uD800 to \\uDFFF): no character");
    }
    return text;
  }

  private boolean beginsWithBrace() {
    for (int i = start; i < bytes.length; i++) {
      if (bytes[i] > ' ' || bytes[i] < 0) {
        return bytes[i] == '{';
      }
    }
    return false;
  }

  private void requireUtf8() {
    CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
    ByteBuffer in = ByteBuffer.wrap(bytes);
    CharBuffer out = CharBuffer.allocate(8192);
    CoderResult result;
    do {
      result = decoder.decode(in, out.clear(), true);
    } while (result.isOverflow());
    if (result.isError()) {
      int line = 1;
      for (int i = 0; i < in.position(); i++) {
        line += bytes[i] == '\n' ? 1 : 0;
      }
      throw fault(line, "this is not UTF-8; save it in that encoding");
    }
  }
}
