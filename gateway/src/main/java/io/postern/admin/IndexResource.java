package io.postern.admin;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.postern.change.Revision;
import java.time.DateTimeException;
import java.time.Duration;

/** How far this gateway's index is, and the way to wait for it. */
final class IndexResource {
  static final String MIN_REVISION = "min_revision";
  static final String TIMEOUT = "timeout";

  private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(2);
  private static final Duration MAX_TIMEOUT = Duration.ofSeconds(30);

  private final OwnIndex index;

  IndexResource(OwnIndex index) {
    this.index = index;
  }

  AdminResponse get(AdminRequest request) {
    Revision revision = minRevision(request.query());
    if (!index.awaitRevision(revision, timeout(request.query()))) {
      throw Problem.of(
              504, "index-behind", "Index behind", "This gateway has not got this revision yet.")
          .with("revision", index.status().revision())
          .exception();
    }
    IndexStatus status = index.status();
    return AdminResponse.ok(
        JsonNodeFactory.instance
            .objectNode()
            .put("revision", status.revision())
            .put("agents", status.agents())
            .put("resources", status.resources())
            .put("grants", status.grants())
            .put("staleness_seconds", status.staleness().toMillis() / 1000.0));
  }

  private static Revision minRevision(Query query) {
    String revision = query.find(MIN_REVISION);
    if (revision == null) {
      return Revision.NONE;
    }
    if (!revision.matches("\\d{1,18}")) {
      throw query.invalid(MIN_REVISION, "must be a revision, as Postern-Revision gives it");
    }
    return new Revision(Long.parseLong(revision));
  }

  private static Duration timeout(Query query) {
    String timeout = query.find(TIMEOUT);
    if (timeout == null) {
      return DEFAULT_TIMEOUT;
    }
    try {
      Duration duration = Duration.parse(timeout);
      if (!duration.isNegative() && duration.compareTo(MAX_TIMEOUT) <= 0) {
        return duration;
      }
    } catch (DateTimeException e) {
      // said below
    }
    throw query.invalid(TIMEOUT, "must be an ISO 8601 duration from PT0S to PT30S");
  }
}
