package io.postern.admin.protocol;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Entity tags and the preconditions that name them (RFC 9110 §8.8.3, §13.1). */
public final class EntityTag {
  private static final Pattern ELEMENT =
      Pattern.compile("\\G[ \\t,]*((?:W/)?\"[\\x21\\x23-\\x7E\\x80-\\uFFFF]*\")[ \\t]*(?=,|$)");

  private EntityTag() {}

  /** The strong tag of a row at a revision. */
  public static String of(long revision) {
    return "\"" + revision + "\"";
  }

  /** If-Match: holds when it is missing, or {@code *}, or names the tag. */
  static boolean matches(@Nullable String ifMatch, String tag) {
    // RFC 9110 §13.1.1: strong comparison, so that a weak tag never matches
    return ifMatch == null || ifMatch.strip().equals("*") || elements(ifMatch).contains(tag);
  }

  /** If-None-Match: whether a GET may be answered by 304. */
  static boolean isKnown(@Nullable String ifNoneMatch, String tag) {
    // RFC 9110 §13.1.2: weak comparison
    return ifNoneMatch != null
        && (ifNoneMatch.strip().equals("*")
            || elements(ifNoneMatch).contains(tag)
            || elements(ifNoneMatch).contains("W/" + tag));
  }

  private static List<String> elements(String header) {
    List<String> tags = new ArrayList<>();
    Matcher matcher = ELEMENT.matcher(header);
    int end = 0;
    while (matcher.find()) {
      tags.add(matcher.group(1));
      end = matcher.end();
    }
    if (tags.isEmpty() || !header.substring(end).replace(",", "").isBlank()) {
      throw Problem.badRequest("If-Match and If-None-Match take * or quoted entity tags.")
          .exception();
    }
    return tags;
  }
}
