package io.postern.cli;

/**
 * A command could not do what it was asked. Its message is for the person who asked, has one line
 * or several, and no secret; it ends the command with status 1.
 */
public final class CommandFailedException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final boolean passing;

  /** What is not fit for a terminal is replaced, but for the ends of lines. */
  public CommandFailedException(String message) {
    this(message, false);
  }

  /**
   * The same.
   *
   * @param passing whether to try again later may help
   */
  CommandFailedException(String message, boolean passing) {
    // what a server says goes to a terminal
    super(TerminalText.lines(message));
    this.passing = passing;
  }

  /** Whether the gateway was not there or not able: to try again later may help. */
  public boolean isPassing() {
    return passing;
  }
}
