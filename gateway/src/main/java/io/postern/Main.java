package io.postern;

import io.postern.command.Postern;

/** Where the process begins. */
public final class Main {
  private Main() {}

  /** Runs the command and ends the process with its exit status. */
  public static void main(String[] args) {
    System.exit(Postern.run(args, System.getenv()));
  }
}
