package io.postern.command;

import io.postern.cli.AdminClient;
import picocli.CommandLine.Parameters;

/** A hosted credential, by its identifier or its id. */
final class NamedCredential implements Named {
  @Parameters(
      index = "0",
      paramLabel = "CREDENTIAL",
      description = "The credential's identifier, or its credential_id.")
  private String credential = "";

  @Override
  public String[] path(AdminClient api) {
    return new String[] {"credentials", id(api, credential)};
  }

  @Override
  public String given() {
    return credential;
  }

  @Override
  public String toString() {
    return "credential " + credential;
  }

  /** The id of the credential of this identifier; or else what was given is an id. */
  static String id(AdminClient api, String idOrIdentifier) {
    return api.idOf("credentials", "identifier", "credential_id", idOrIdentifier);
  }
}
