package io.postern.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.util.Map;
import picocli.CommandLine.Help.Ansi;

/** What a topology changes, as people read it. */
public final class PlanText {
  /** How many changes are shown; more are counted. */
  private static final int SHOWN = 1000;

  private final PrintWriter out;
  private final boolean colours;
  private long changes;

  /** A text that is written as the changes come. */
  public PlanText(PrintWriter out, boolean colours) {
    this.out = out;
    this.colours = colours;
  }

  /** Shows one change. */
  public void add(JsonNode change) {
    changes++;
    if (changes > SHOWN) {
      return;
    }
    String action = change.path("action").asText();
    out.println(
        switch (action) {
          case "create" -> coloured("green", "+ " + subject(change));
          case "delete" -> coloured("red", "- " + subject(change));
          default -> coloured("yellow", "~ " + subject(change));
        });
    if (!action.equals("delete")) {
      for (Map.Entry<String, JsonNode> member : change.path("members").properties()) {
        line(member.getKey(), member.getValue(), action.equals("create"));
      }
    }
  }

  /** Ends it with how many changes there are, or will be. */
  public void end(JsonNode result) {
    if (changes > SHOWN) {
      out.println("… and " + (changes - SHOWN) + " more; --json shows all");
    }
    JsonNode summary = result.path("summary");
    if (changes == 0) {
      out.println("No changes. The registry is as the topology says.");
      return;
    }
    out.println();
    out.printf(
        result.path("dry_run").asBoolean()
            ? "Plan: %d to create, %d to change, %d to delete.%n"
            : "Done: %d created, %d changed, %d deleted.%n",
        summary.path("create").asLong(),
        summary.path("change").asLong(),
        summary.path("delete").asLong());
  }

  private void line(String name, JsonNode sides, boolean created) {
    JsonNode after = sides.path("after");
    if (sides.isEmpty()) {
      out.println("    " + name + ": " + (created ? "given" : "another one") + ", not shown");
    } else if (!created) {
      out.println("    " + name + ": " + text(sides.path("before")) + " -> " + text(after));
    } else if (!after.isNull()) {
      out.println("    " + name + ": " + text(after));
    }
  }

  private static String subject(JsonNode change) {
    String client = change.path("client_id").asText();
    String audience = change.path("audience").asText();
    return switch (change.path("type").asText()) {
      case "service" -> "service " + audience;
      case "scope" -> "scope " + change.path("value").asText() + " of " + audience;
      case "agent" -> "agent " + client;
      case "key" ->
          "key " + change.path("kid").asText() + " of " + (client.isEmpty() ? audience : client);
      case "credential" -> "credential " + change.path("identifier").asText();
      case "link" -> "link " + client + " -> " + change.path("identifier").asText();
      default -> change.path("type").asText() + " " + client + " -> " + audience;
    };
  }

  // JSON escapes control characters, which would reach a terminal
  private static String text(JsonNode value) {
    return value.isMissingNode() ? "null" : value.toString();
  }

  private String coloured(String colour, String text) {
    Ansi ansi = colours ? Ansi.ON : Ansi.OFF;
    return ansi.new Text("@|" + colour + " " + text.replace("|@", "") + "|@").toString();
  }
}
