package io.postern.relay;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Queries of relayed requests. They go to the target as they are, unless they name the parameter
 * that the value is put into: of two parameters of one name, servers take the first, the last or
 * both.
 */
final class TargetQuery {
  private static final int MOST_DECODINGS = 3;

  private TargetQuery() {}

  /**
   * Whether a query may be sent.
   *
   * @param query as it stands in the request
   * @param parameter that the value is put into; null when it is put into a header field
   */
  static boolean isClear(String query, @Nullable String parameter) {
    for (int i = 0; i < query.length(); i++) {
      char c = query.charAt(i);
      if (c <= ' ' || c > '~' || c == '#') {
        return false;
      }
    }
    if (parameter == null) {
      return true;
    }
    // some servers end a parameter at a semicolon, too
    for (String part : query.split("[&;?]", -1)) {
      int equals = part.indexOf('=');
      if (!isOther(equals < 0 ? part : part.substring(0, equals), parameter)) {
        return false;
      }
    }
    return true;
  }

  /** The query with the parameter at its end. */
  static String with(@Nullable String query, String parameter, String value) {
    String added = parameter + '=' + URLEncoder.encode(value, StandardCharsets.UTF_8);
    return query == null || query.isEmpty() ? added : query + '&' + added;
  }

  private static boolean isOther(String encoded, String parameter) {
    String name = encoded;
    for (int i = 0; i < MOST_DECODINGS; i++) {
      try {
        name = URLDecoder.decode(name, StandardCharsets.UTF_8);
      } catch (IllegalArgumentException e) {
        // what is malformed at first may be read in any way; later it is only an odd name
        return i > 0;
      }
      if (isNamed(name, parameter)) {
        return false;
      }
    }
    return true;
  }

  // key[] and key[0] are a list of that name to many servers, and blanks around a name are dropped
  private static boolean isNamed(String name, String parameter) {
    String small = name.strip().toLowerCase(Locale.ROOT);
    String wanted = parameter.toLowerCase(Locale.ROOT);
    return small.equals(wanted)
        || small.startsWith(wanted + '[')
        || small.startsWith(wanted + '\0');
  }
}
