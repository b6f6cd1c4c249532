package io.postern.http;

import io.postern.index.GrantIndex;
import io.postern.jose.SigningKeys;
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;

/** The JWK Set (RFC 7517 §5, RFC 8414 {@code jwks_uri}). Confined to one event loop. */
final class JwksEndpoint {
  private final GrantIndex index;
  private final Duration maxAge;
  private final Duration maxStaleness;
  private SigningKeys keys = SigningKeys.NONE;
  private Answers.CacheableJson document;

  /**
   * @param maxAge how long a verifier may keep the set
   * @param maxStaleness how old the index may be for that
   */
  JwksEndpoint(GrantIndex index, Duration maxAge, Duration maxStaleness) {
    this.index = index;
    this.maxAge = maxAge;
    this.maxStaleness = maxStaleness;
    this.document = document(keys);
  }

  void handle(HttpServerRequest request) {
    SigningKeys present = index.image().signingKeys();
    if (!present.equals(keys)) {
      keys = present;
      document = document(present);
    }
    // Too stale to issue: the others may not have waited for this gateway with a new key.
    boolean stale = index.staleness(System.nanoTime()).compareTo(maxStaleness) > 0;
    (stale ? document.uncached() : document).answer(request);
  }

  private Answers.CacheableJson document(SigningKeys present) {
    return Answers.CacheableJson.of(present.jwkSet(), maxAge.toSeconds());
  }
}
