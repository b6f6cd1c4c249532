package io.postern.admin.registry;

import io.postern.admin.protocol.AdminRequest;
import io.postern.store.database.Statements;
import io.postern.store.registry.ApplicationRow;
import io.postern.store.registry.ApplicationRow.Kind;
import io.postern.store.registry.ApplicationTable;

/** The kinds of applications that a path names, and that own what stands below them. */
public enum Owner {
  AGENT(Kind.AGENT, "agents", Owner.CLIENT_ID),
  SERVICE(Kind.SERVICE, "services", Owner.SERVICE_ID);

  public static final String CLIENT_ID = "client_id";
  public static final String SERVICE_ID = "service_id";

  private final Kind kind;
  private final String segment;
  private final String idName;

  Owner(Kind kind, String segment, String idName) {
    this.kind = kind;
    this.segment = segment;
    this.idName = idName;
  }

  /** What one of them is called at the beginning of a sentence. */
  public String one() {
    return this == AGENT ? "An agent" : "A service";
  }

  /** What lists of them are called in paths. */
  public String segment() {
    return segment;
  }

  /** The id in the path, whether there is such an application or not. */
  public String id(AdminRequest request) {
    return request.path(idName);
  }

  /** The application that the path names; a problem when there is none. */
  public ApplicationRow require(Statements statements, AdminRequest request) {
    return require(statements, id(request));
  }

  ApplicationRow require(Statements statements, String id) {
    return RowResource.require(
        RowResource.isPossible(id) ? new ApplicationTable(statements).find(kind, id) : null,
        kind.value());
  }
}
