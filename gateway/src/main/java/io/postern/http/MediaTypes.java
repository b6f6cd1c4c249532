package io.postern.http;

import java.util.List;
import java.util.Locale;

/** Which of two media types a request would rather have (RFC 9110 §12.5.1). */
final class MediaTypes {
  private MediaTypes() {}

  /**
   * Whether the Accept fields name {@code special}, and do not say that they would rather have
   * {@code usual}. A range with {@code *} does not name it: who sends that has no wish.
   *
   * @param accept the values of the fields
   * @param special in small letters, as is {@code usual}
   */
  static boolean prefers(List<String> accept, String special, String usual) {
    double wish = 0;
    double other = 0;
    for (String field : accept) {
      for (String element : field.split(",", -1)) {
        String[] parts = element.split(";", -1);
        String type = parts[0].strip().toLowerCase(Locale.ROOT);
        if (type.equals(special)) {
          wish = Math.max(wish, quality(parts));
        } else if (type.equals(usual)) {
          other = Math.max(other, quality(parts));
        }
      }
    }
    return wish > 0 && wish >= other;
  }

  private static double quality(String[] parts) {
    for (int i = 1; i < parts.length; i++) {
      String parameter = parts[i].strip().toLowerCase(Locale.ROOT);
      if (parameter.startsWith("q=")) {
        try {
          return Double.parseDouble(parameter.substring(2).strip());
        } catch (NumberFormatException e) {
          return 0;
        }
      }
    }
    return 1;
  }
}
