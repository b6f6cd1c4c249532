package io.postern.admin.protocol;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What leads to the next page of a list: the list's kind, and where its last row stands. */
public final class Cursor {
  private static final String CURSOR = "cursor";

  private Cursor() {}

  /** The cursor behind a row. */
  public static String of(String kind, String position) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString((kind + ":" + position).getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Where the page that the query asks for begins; null for the first one.
   *
   * @param form what positions in such lists look like
   * @throws ProblemException when the cursor is none of such a list
   */
  public static @Nullable String findPosition(String kind, Query query, Pattern form) {
    String cursor = query.find(CURSOR);
    if (cursor == null) {
      return null;
    }
    String decoded = decode(cursor);
    String prefix = kind + ":";
    String position = decoded.startsWith(prefix) ? decoded.substring(prefix.length()) : "";
    if (!form.matcher(position).matches()) {
      throw query.invalid(CURSOR, "must be the next_cursor of a page of the same list");
    }
    return position;
  }

  private static String decode(String cursor) {
    try {
      return new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return "";
    }
  }
}
