package io.postern.admin;

import io.postern.oauth.ClientId;
import io.postern.store.ApplicationRow;
import io.postern.store.ApplicationRow.Kind;
import io.postern.store.RegistryTables;
import org.jspecify.annotations.Nullable;

/** The applications that a path names; a problem when there is none. */
final class Targets {
  static final String CLIENT_ID = "client_id";
  static final String SERVICE_ID = "service_id";

  private Targets() {}

  static ApplicationRow requireAgent(RegistryTables tables, AdminRequest request) {
    String id = request.path(CLIENT_ID);
    return require(isId(id) ? tables.applications().find(Kind.AGENT, id) : null, "agent");
  }

  static ApplicationRow requireService(RegistryTables tables, AdminRequest request) {
    String id = request.path(SERVICE_ID);
    return require(isId(id) ? tables.applications().find(Kind.SERVICE, id) : null, "service");
  }

  /** The service, or the agent that stands in its place. */
  static ApplicationRow requireResource(RegistryTables tables, AdminRequest request) {
    String id = request.path(SERVICE_ID);
    return require(isId(id) ? tables.applications().findResource(id) : null, "service or agent");
  }

  static <T> T require(@Nullable T found, String what) {
    if (found == null) {
      throw Problem.notFound("There is no such " + what + ".").exception();
    }
    return found;
  }

  // What cannot be an id is not asked for: PostgreSQL refuses some texts.
  private static boolean isId(String text) {
    return ClientId.isValid(text);
  }
}
