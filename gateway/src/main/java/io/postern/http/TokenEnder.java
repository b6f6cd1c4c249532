package io.postern.http;

import io.postern.change.Revision;
import io.vertx.core.Future;
import java.time.Instant;

/** Ends one token for good, by a not-before line. Thread-safe; does not block. */
@FunctionalInterface
public interface TokenEnder {

  /**
   * Draws the line.
   *
   * @param jti the token's
   * @param expiresAt the token's
   * @param clientId whose token it is, and who ends it
   * @param source where the request comes from
   * @return the revision that includes the line, on any thread; fails when it could not be drawn,
   *     or may not have been
   */
  Future<Revision> end(String jti, Instant expiresAt, String clientId, String source);
}
