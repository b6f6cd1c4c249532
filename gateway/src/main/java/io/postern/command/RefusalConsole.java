package io.postern.command;

import io.postern.cli.TerminalText;
import io.postern.decision.DecisionEvent;
import io.postern.decision.DecisionMemory;
import io.postern.decision.RememberedDecision;
import java.io.PrintStream;
import java.time.Duration;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;

/** Tells refusals on the console of whoever develops, soon after they happened, a line for each. */
final class RefusalConsole implements AutoCloseable {
  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(250);

  /** What a person may still read of one look. */
  private static final int MOST_AT_ONCE = 20;

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("HH:mm:ss").withZone(ZoneId.systemDefault());

  private final DecisionMemory memory;
  private final PrintStream out;
  private final Thread thread = new Thread(this::run, "postern-refusals");
  private long seen;

  RefusalConsole(DecisionMemory memory, PrintStream out) {
    this.memory = memory;
    this.out = out;
  }

  /** Begins with the refusals so far; says so if there is no memory to take them from. */
  static RefusalConsole start(DecisionMemory memory, PrintStream out) {
    if (memory.isOff()) {
      out.println("Refusals are not shown: POSTERN_DECISION_MEMORY is 0.");
      out.flush();
    }
    RefusalConsole console = new RefusalConsole(memory, out);
    console.thread.setDaemon(true);
    console.thread.start();
    return console;
  }

  private void run() {
    try {
      while (true) {
        tell();
        Thread.sleep(BETWEEN_LOOKS);
      }
    } catch (InterruptedException e) {
      // closed
    }
  }

  /** Tells what has come since it was called before. */
  void tell() {
    List<RememberedDecision> news =
        memory.list(RefusalConsole::isRefusal, seen, 0, Integer.MAX_VALUE);
    if (news.isEmpty()) {
      return;
    }
    seen = news.getFirst().number();
    int untold = Math.max(0, news.size() - MOST_AT_ONCE);
    if (untold > 0) {
      out.println("(" + untold + " more refusals: postern decisions --outcome=refused)");
    }
    for (RememberedDecision refusal : news.subList(0, news.size() - untold).reversed()) {
      out.println(line(refusal.event()));
    }
    out.flush();
  }

  private static boolean isRefusal(DecisionEvent event) {
    return event.result() instanceof DecisionEvent.Result.Refused;
  }

  private static String line(DecisionEvent event) {
    String reason =
        event.result() instanceof DecisionEvent.Result.Refused refused
            ? refused.reason().label()
            : "";
    String client = event.clientId() == null ? "" : event.clientId();
    String who =
        client.isEmpty() ? "no client" : (event.authenticated() ? "" : "claimed client ") + client;
    return TerminalText.printable(
        "%s refused: %s, %s, from %s (postern decisions %s)"
            .formatted(TIME.format(event.time()), reason, who, event.source(), event.decisionId()));
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
