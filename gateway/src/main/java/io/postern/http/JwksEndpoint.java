package io.postern.http;

import io.postern.index.GrantIndex;
import io.postern.jose.SigningKeys;
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;

/** The JWK Set (RFC 7517 §5, RFC 8414 {@code jwks_uri}). Confined to one event loop. */
public final class JwksEndpoint {
  private final GrantIndex index;
  private final Duration maxAge;
  private SigningKeys keys = SigningKeys.NONE;
  private Answers.CacheableJson document;

  /**
   * @param maxAge how long a verifier may keep the set
   */
  public JwksEndpoint(GrantIndex index, Duration maxAge) {
    this.index = index;
    this.maxAge = maxAge;
    this.document = document(keys);
  }

  /** Binds the route. */
  public void mount(PublicRoutes routes) {
    routes.document("/oauth2/jwks", this::handle);
  }

  private void handle(HttpServerRequest request) {
    SigningKeys present = index.image().signingKeys();
    if (!present.equals(keys)) {
      keys = present;
      document = document(present);
    }
    // Too stale to issue: the others may not have waited for this gateway with a new key.
    boolean stale = index.isStale(System.nanoTime());
    (stale ? document.uncached() : document).answer(request);
  }

  private Answers.CacheableJson document(SigningKeys present) {
    return Answers.CacheableJson.of(present.jwkSet(), maxAge.toSeconds());
  }
}
