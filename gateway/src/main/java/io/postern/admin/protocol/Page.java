package io.postern.admin.protocol;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Which part of a list is asked for: so many rows after a creation number. Rows that come and go
 * meanwhile move no other row into or out of a later page.
 *
 * @param kind of list, so that a cursor serves no other
 * @param limit 1 to 500
 */
public record Page(String kind, long after, int limit) {
  static final String LIMIT = "limit";

  private static final int DEFAULT_LIMIT = 50;
  private static final int MAX_LIMIT = 500;
  private static final Pattern NUMBER = Pattern.compile("\\d{1,18}");

  /** The page that the query names. */
  public static Page of(String kind, Query query) {
    return new Page(kind, after(kind, query), limit(query, DEFAULT_LIMIT));
  }

  /** The same for what is best seen whole: as much as a page may have, unless less is asked for. */
  public static Page ofMost(String kind, Query query) {
    return new Page(kind, after(kind, query), limit(query, MAX_LIMIT));
  }

  /** One more than the page holds, to know whether another follows. */
  public int rowsToRead() {
    return limit + 1;
  }

  /** The answer of a list. */
  public <R> AdminResponse response(
      List<R> rows, ToLongFunction<R> creationNumber, Function<R, ObjectNode> json) {
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    ArrayNode items = body.putArray("items");
    rows(rows).forEach(row -> items.add(json.apply(row)));
    body.put("next_cursor", nextCursor(rows, creationNumber));
    return AdminResponse.ok(body);
  }

  /** Those of the rows that the page shows. */
  public <R> List<R> rows(List<R> read) {
    return read.subList(0, Math.min(limit, read.size()));
  }

  /** Where the next page begins, or null when this is the last. */
  public <R> @Nullable String nextCursor(List<R> read, ToLongFunction<R> creationNumber) {
    return read.size() > limit
        ? Cursor.of(kind, Long.toString(creationNumber.applyAsLong(rows(read).getLast())))
        : null;
  }

  private static long after(String kind, Query query) {
    String position = Cursor.findPosition(kind, query, NUMBER);
    return position == null ? 0 : Long.parseLong(position);
  }

  /** How many rows a page of what has no creation numbers holds. */
  public static int limit(Query query) {
    return limit(query, DEFAULT_LIMIT);
  }

  private static int limit(Query query, int byDefault) {
    @Nullable String limit = query.find(LIMIT);
    return limit == null ? byDefault : Integer.parseInt(limit);
  }
}
