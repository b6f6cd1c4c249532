package io.postern.command;

import io.postern.cli.AdminClient;
import picocli.CommandLine.Parameters;

/** An agent, by its {@code client_id}. */
final class NamedAgent implements Named {
  @Parameters(index = "0", paramLabel = "CLIENT_ID", description = "The agent's client_id.")
  private String clientId = "";

  @Override
  public String[] path(AdminClient api) {
    return new String[] {"agents", clientId};
  }

  @Override
  public String given() {
    return clientId;
  }

  @Override
  public String toString() {
    return "agent " + clientId;
  }
}
