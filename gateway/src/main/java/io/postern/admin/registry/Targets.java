package io.postern.admin.registry;

import io.postern.admin.protocol.AdminRequest;
import io.postern.admin.protocol.Problem;
import io.postern.oauth.ClientId;
import io.postern.store.database.Statements;
import io.postern.store.registry.ApplicationRow;
import io.postern.store.registry.ApplicationRow.Kind;
import io.postern.store.registry.ApplicationTable;
import org.jspecify.annotations.Nullable;

/** The applications that a path names; a problem when there is none. */
public final class Targets {
  public static final String CLIENT_ID = "client_id";
  public static final String SERVICE_ID = "service_id";

  private Targets() {}

  public static ApplicationRow requireAgent(Statements statements, AdminRequest request) {
    String id = request.path(CLIENT_ID);
    return require(
        isId(id) ? new ApplicationTable(statements).find(Kind.AGENT, id) : null, "agent");
  }

  public static ApplicationRow requireService(Statements statements, AdminRequest request) {
    String id = request.path(SERVICE_ID);
    return require(
        isId(id) ? new ApplicationTable(statements).find(Kind.SERVICE, id) : null, "service");
  }

  /** The service, or the agent that stands in its place. */
  public static ApplicationRow requireResource(Statements statements, AdminRequest request) {
    String id = request.path(SERVICE_ID);
    return require(
        isId(id) ? new ApplicationTable(statements).findResource(id) : null, "service or agent");
  }

  public static <T> T require(@Nullable T found, String what) {
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
