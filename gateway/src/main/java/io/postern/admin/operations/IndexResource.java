package io.postern.admin.operations;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.postern.admin.protocol.AdminRequest;
import io.postern.admin.protocol.AdminResponse;
import io.postern.admin.protocol.IndexStatus;
import io.postern.admin.protocol.OwnIndex;
import io.postern.admin.protocol.Problem;
import io.postern.admin.protocol.Query;
import io.postern.admin.protocol.Replicas;
import io.postern.change.Revision;
import io.postern.store.database.DatabaseUnavailableException;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How far this gateway's index is, and others' are, and the way to wait for it. */
public final class IndexResource {
  static final String MIN_REVISION = "min_revision";

  private static final Logger LOG = LoggerFactory.getLogger(IndexResource.class);

  private final OwnIndex index;
  private final Replicas replicas;
  private final BooleanSupplier databaseAway;

  public IndexResource(OwnIndex index, Replicas replicas, BooleanSupplier databaseAway) {
    this.index = index;
    this.replicas = replicas;
    this.databaseAway = databaseAway;
  }

  public AdminResponse get(AdminRequest request) {
    Revision revision = minRevision(request.query());
    if (!index.awaitRevision(revision, request.query().timeout())) {
      throw Problem.of(
              504, "index-behind", "Index behind", "This gateway has not got this revision yet.")
          .with("revision", index.status().revision())
          .exception();
    }
    IndexStatus status = index.status();
    ObjectNode body =
        JsonNodeFactory.instance
            .objectNode()
            .put("revision", status.revision())
            .put("agents", status.agents())
            .put("resources", status.resources())
            .put("grants", status.grants())
            .put("staleness_seconds", status.staleness().toMillis() / 1000.0);
    addReplicas(body);
    return AdminResponse.ok(body);
  }

  // What this gateway knows by itself is told without the database, too.
  private void addReplicas(ObjectNode body) {
    if (!databaseAway.getAsBoolean()) {
      try {
        body.set("replicas", replicas.list());
      } catch (DatabaseUnavailableException e) {
        LOG.debug("The replicas are not listed", e);
      }
    }
  }

  private static Revision minRevision(Query query) {
    String revision = query.find(MIN_REVISION);
    return revision == null ? Revision.NONE : new Revision(Long.parseLong(revision));
  }
}
