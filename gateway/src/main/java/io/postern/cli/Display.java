package io.postern.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/** Shows what the admin API answers: tables and lines for people, or its JSON for scripts. */
public final class Display {
  private static final String NOTHING = "-";

  private final PrintWriter out;
  private final boolean json;

  public Display(PrintWriter out, boolean json) {
    this.out = out;
    this.json = json;
  }

  /** A table with a row for each, of the members that are named; as JSON, an array of all. */
  public void list(List<JsonNode> items, String... members) {
    if (json) {
      json(JsonNodeFactory.instance.arrayNode().addAll(items));
    } else {
      table(items, members);
    }
  }

  /** A table whose rows come by and by, of the members that are named. */
  public Rows rows(String... members) {
    return new Rows(members);
  }

  /** The members of one, a line for each. */
  public void one(JsonNode object) {
    if (json) {
      json(object);
    } else {
      members("", object);
    }
  }

  /** What only people are told. */
  public void say(String line) {
    if (!json) {
      out.println(TerminalText.printable(line));
    }
  }

  /** A table under a heading that only people see, if it has rows. */
  public void section(String heading, List<JsonNode> items, String... members) {
    if (!json && !items.isEmpty()) {
      out.println();
      out.println(heading);
      table(items, members);
    }
  }

  /** Whether all that was shown has been written. */
  public boolean isWritten() {
    return !out.checkError();
  }

  /** Whether scripts read this. */
  public boolean isJson() {
    return json;
  }

  private void json(JsonNode node) {
    out.println(TerminalText.json(node.toPrettyString()));
  }

  private void table(List<JsonNode> items, String... members) {
    new Rows(members).addRows(items);
  }

  /**
   * A table that grows: its heading, and beneath it rows as they come. As JSON, a line for each.
   */
  public final class Rows {
    private final String[] members;
    private final int[] widths;
    private boolean begun;

    private Rows(String... members) {
      this.members = members;
      this.widths = new int[members.length];
    }

    /** Adds a row for each. */
    public void add(List<JsonNode> items) {
      if (json) {
        items.forEach(item -> out.println(TerminalText.json(item.toString())));
      } else {
        addRows(items);
      }
    }

    /** Whether somebody still reads what is written. */
    public boolean isRead() {
      return !out.checkError();
    }

    private void addRows(List<JsonNode> items) {
      List<List<String>> rows = new ArrayList<>();
      if (!begun) {
        rows.add(Arrays.stream(members).map(name -> name.toUpperCase(Locale.ROOT)).toList());
        begun = true;
      }
      for (JsonNode item : items) {
        rows.add(Arrays.stream(members).map(name -> text(item.path(name))).toList());
      }
      for (List<String> row : rows) {
        for (int i = 0; i < widths.length; i++) {
          widths[i] = Math.max(widths[i], row.get(i).length());
        }
      }
      for (List<String> row : rows) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < widths.length; i++) {
          line.append(row.get(i)).repeat(' ', widths[i] - row.get(i).length() + 2);
        }
        out.println(line.toString().stripTrailing());
      }
    }
  }

  private void members(String prefix, JsonNode object) {
    for (var member : object.properties()) {
      String name = prefix + member.getKey();
      if (member.getValue().isObject()) {
        members(name + ".", member.getValue());
      } else {
        out.println(name + ": " + text(member.getValue()));
      }
    }
  }

  private static String text(JsonNode value) {
    if (value.isArray()) {
      String all =
          StreamSupport.stream(value.spliterator(), false)
              .map(element -> text(element.has("value") ? element.path("value") : element))
              .collect(Collectors.joining(" "));
      return all.isEmpty() ? NOTHING : all;
    }
    if (value.isNull() || value.isMissingNode()) {
      return NOTHING;
    }
    return TerminalText.printable(value.isValueNode() ? value.asText() : value.toString());
  }
}
