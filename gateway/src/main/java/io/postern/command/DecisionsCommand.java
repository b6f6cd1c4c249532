package io.postern.command;

import com.fasterxml.jackson.databind.JsonNode;
import io.postern.cli.AdminClient;
import io.postern.cli.CommandFailedException;
import io.postern.cli.Display;
import io.postern.setting.SettingException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code postern decisions}. */
@Command(
    mixinStandardHelpOptions = true,
    description =
        "Tells what the token endpoint of one gateway has decided last, the newest at the end; or"
            + " what a Postern-Decision-Id stands for, with the reason that the client was not"
            + " told.")
final class DecisionsCommand extends AdminCommand {
  private static final String DECISIONS = "decisions";
  private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(1);
  private static final int MOST_AT_FIRST = 500;

  // the last is a stranger's text of any length, so nothing stands after it
  private static final String[] SHOWN = {
    "time", "outcome", "reason", "source", "decision_id", "client_id", "claimed_client_id"
  };

  @Spec private CommandSpec spec;

  @Parameters(
      arity = "0..1",
      paramLabel = "DECISION_ID",
      description = "Shows this one, with all that is known about it.")
  @Nullable String decisionId;

  @Option(
      names = {"-f", "--follow"},
      description = "Goes on with each decision as it is made, until it is interrupted.")
  boolean follow;

  @Option(
      names = "--last",
      paramLabel = "COUNT",
      defaultValue = "50",
      description = "How many are shown, or shown first: 1 to 500. Default: ${DEFAULT-VALUE}")
  int last = 50;

  @Option(
      names = "--client",
      paramLabel = "CLIENT_ID",
      description = "Only requests of this client, and those that only claimed to be its.")
  @Nullable String client;

  @Option(
      names = "--outcome",
      paramLabel = "OUTCOME",
      description = "Only what ended so: issued, introspected, revoked, refused and the like.")
  @Nullable String outcome;

  @Option(
      names = "--reason",
      paramLabel = "REASON",
      description =
          "Only what was refused, or not active, for exactly this reason, such as wrong_secret.")
  @Nullable String reason;

  @Override
  void run(AdminClient api, Display display) {
    if (decisionId != null) {
      requireAlone();
      display.one(api.get(DECISIONS, decisionId));
    } else if (follow) {
      follow(api, display.rows(SHOWN));
    } else {
      display.list(atFirst(api), SHOWN);
    }
  }

  private void follow(AdminClient api, Display.Rows rows) {
    List<JsonNode> news = atFirst(api);
    long seen = 0;
    boolean away = false;
    do {
      rows.add(news);
      seen = news.isEmpty() ? seen : news.getLast().path("number").asLong();
      try {
        Thread.sleep(BETWEEN_LOOKS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
      try {
        news = after(api, seen);
        away = false;
      } catch (CommandFailedException e) {
        if (!e.isPassing()) {
          throw e;
        }
        // once, not every second: a gateway that restarts is what one may be following
        if (!away) {
          spec.commandLine().getErr().println("postern: " + e.getMessage() + "; trying again");
        }
        away = true;
        news = List.of();
      }
    } while (rows.isRead());
  }

  /** The last ones, oldest first. */
  private List<JsonNode> atFirst(AdminClient api) {
    if (last < 1 || last > MOST_AT_FIRST) {
      throw new SettingException("POSTERN_LAST", last + " is not from 1 to " + MOST_AT_FIRST);
    }
    AdminClient.Call call = api.call("GET", DECISIONS).query("limit", Integer.toString(last));
    filters().forEach(call::query);
    List<JsonNode> items = new ArrayList<>();
    call.send().body().path("items").forEach(items::add);
    return items.reversed();
  }

  /** All that came after the one of that number, oldest first. */
  private List<JsonNode> after(AdminClient api, long number) {
    Map<String, String> filters = filters();
    filters.put("after", Long.toString(number));
    return api.list(filters, DECISIONS).reversed();
  }

  private Map<String, String> filters() {
    Map<String, String> filters = new LinkedHashMap<>();
    put(filters, "client_id", client);
    put(filters, "outcome", outcome);
    put(filters, "reason", reason);
    return filters;
  }

  private static void put(Map<String, String> filters, String name, @Nullable String value) {
    if (value != null) {
      filters.put(name, value);
    }
  }

  private void requireAlone() {
    if (follow || !filters().isEmpty()) {
      throw new ParameterException(
          spec.commandLine(), "a DECISION_ID stands alone, without --follow and filters");
    }
  }
}
