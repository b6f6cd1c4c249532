package io.postern.setting;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** A file that a command reads, or standard input where {@code -} is given for one. */
public final class InputFile {
  private static final Path STANDARD_INPUT = Path.of("-");

  private InputFile() {}

  /** How people know it. */
  public static String name(Path file) {
    return file.equals(STANDARD_INPUT) ? "standard input" : file.toString();
  }

  /** All of it, as text in UTF-8, without blanks around it. */
  public static String read(Path file) throws IOException {
    try (InputStream content = open(file)) {
      byte[] bytes = content.readAllBytes();
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString().strip();
    }
  }

  /** What is in it, to be closed. */
  public static InputStream open(Path file) throws IOException {
    return file.equals(STANDARD_INPUT) ? System.in : Files.newInputStream(file);
  }

  /** That it cannot be read, and why. */
  public static String unreadable(Path file, IOException e) {
    String reason =
        switch (e) {
          case NoSuchFileException _ -> "there is no such file";
          case AccessDeniedException _ -> "permission is denied";
          case CharacterCodingException _ -> "it is not UTF-8";
          default -> String.valueOf(e.getMessage());
        };
    return name(file) + " cannot be read: " + reason;
  }
}
