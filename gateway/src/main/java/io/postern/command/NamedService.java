package io.postern.command;

import io.postern.cli.AdminClient;
import picocli.CommandLine.Parameters;

/** A service, by its audience or its id. */
final class NamedService implements Named {
  @Parameters(
      index = "0",
      paramLabel = "SERVICE",
      description = "The service's audience, or its service_id.")
  private String service = "";

  @Override
  public String[] path(AdminClient api) {
    return new String[] {"services", id(api, service)};
  }

  @Override
  public String given() {
    return service;
  }

  @Override
  public String toString() {
    return "service " + service;
  }

  /** The id of the service that has this audience; or else what was given is an id. */
  static String id(AdminClient api, String idOrAudience) {
    return api.idOf("services", "audience", "service_id", idOrAudience);
  }
}
