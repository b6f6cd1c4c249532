package io.postern.command;

import picocli.CommandLine.Command;

/** {@code postern revocations}. */
@Command(description = "Lists what ends tokens before their time.")
final class RevocationsCommand extends ListCommand {
  RevocationsCommand() {
    super(
        RevokeCommand.REVOCATIONS, "kind", "id", "resource", "not_before", "reason", "updated_at");
  }
}
