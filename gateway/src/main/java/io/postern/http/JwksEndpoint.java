package io.postern.http;

import io.postern.index.GrantIndex;
import io.postern.jose.SigningKeys;
import io.vertx.core.http.HttpServerRequest;

/** The JWK Set (RFC 7517 §5, RFC 8414 {@code jwks_uri}). Confined to one event loop. */
final class JwksEndpoint {
  /** How long a verifier may keep the set. */
  static final int MAX_AGE_SECONDS = 300;

  private final GrantIndex index;
  private SigningKeys keys = SigningKeys.NONE;
  private Answers.CacheableJson document = document(keys);

  JwksEndpoint(GrantIndex index) {
    this.index = index;
  }

  void handle(HttpServerRequest request) {
    SigningKeys present = index.image().signingKeys();
    if (!present.equals(keys)) {
      keys = present;
      document = document(present);
    }
    document.answer(request);
  }

  private static Answers.CacheableJson document(SigningKeys keys) {
    return Answers.CacheableJson.of(keys.jwkSet(), MAX_AGE_SECONDS);
  }
}
