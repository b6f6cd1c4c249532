package io.postern.admin.protocol;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Times as RFC 3339 writes them, exact to the microsecond, which is what PostgreSQL keeps. */
public final class Rfc3339 {
  private static final Pattern GRAMMAR =
      Pattern.compile(
          "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d{1,9})?(Z|[+-]\\d\\d:\\d\\d)");

  private static final Instant END = Instant.parse("9999-12-31T23:59:59Z");

  private Rfc3339() {}

  /** The time that the text says, or null when it says none. */
  public static @Nullable Instant find(String text) {
    // RFC 3339 §5.6: T and Z may be lower case
    String upper = text.toUpperCase(Locale.ROOT);
    if (!GRAMMAR.matcher(upper).matches()) {
      return null;
    }
    try {
      Instant time = OffsetDateTime.parse(upper).toInstant();
      return time.isAfter(END) ? null : time.truncatedTo(ChronoUnit.MICROS);
    } catch (DateTimeException e) {
      return null;
    }
  }

  /** The time in UTC; null stays null. */
  public static @Nullable String format(@Nullable Instant time) {
    return time == null ? null : time.toString();
  }
}
