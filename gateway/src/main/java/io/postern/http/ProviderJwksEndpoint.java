package io.postern.http;

import io.postern.index.GrantIndex;
import io.postern.vault.HostedCredential;
import io.postern.vault.OAuthClient;
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The JWK Set of a hosted OAuth client that authenticates by {@code private_key_jwt} (RFC 7523
 * §2.2): what is given to its provider as {@code jwks_uri} (RFC 7591 §2).
 */
public final class ProviderJwksEndpoint {
  private static final String PATH = "/vault/v1/jwks/";

  /** A provider that meets another key has to ask again soon. */
  private static final Duration MAX_AGE = Duration.ofMinutes(1);

  private final GrantIndex index;

  public ProviderJwksEndpoint(GrantIndex index) {
    this.index = index;
  }

  /** Binds the route. */
  public void mount(PublicRoutes routes) {
    routes.allBelow(PATH, this::handle);
  }

  private void handle(HttpServerRequest request, String identifier) {
    String jwk = findJwk(index.image().findCredential(identifier));
    if (jwk == null) {
      Answers.notFound(request);
    } else {
      Answers.CacheableJson.of("{\"keys\":[" + jwk + "]}", MAX_AGE.toSeconds()).answer(request);
    }
  }

  private static @Nullable String findJwk(@Nullable HostedCredential credential) {
    OAuthClient client = credential == null ? null : credential.client();
    return client == null ? null : client.publicJwk();
  }
}
