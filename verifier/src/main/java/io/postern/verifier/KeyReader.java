package io.postern.verifier;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Reads the JWK Set from where the issuer's metadata says that it is. Thread-safe. */
final class KeyReader {
  private static final int MAX_BYTES = 1 << 20;
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final Map<String, String> ACCEPT =
      Map.of("Accept", "application/json, application/jwk-set+json");

  private final HttpSource http;
  private final String issuer;
  private volatile @Nullable Endpoints endpoints;

  /** What a reading brought, and when to read again. */
  record Answer(KeySet keys, Duration freshFor) {}

  KeyReader(HttpSource http, String issuer) {
    this.http = http;
    this.issuer = issuer;
  }

  /** Where things are; null before the metadata was read. */
  @Nullable Endpoints endpoints() {
    return endpoints;
  }

  /**
   * Reads the set; fails when it is not there, malformed, or without a key that verifies.
   *
   * @param former the keys of the reading before
   * @param moved whether to look at the metadata again
   */
  CompletionStage<Answer> read(KeySet former, boolean moved) {
    return findEndpoints(moved)
        .thenCompose(found -> http.get(found.jwks(), ACCEPT, MAX_BYTES, PATIENCE))
        .thenApply(response -> answer(response, former));
  }

  private CompletionStage<Endpoints> findEndpoints(boolean moved) {
    Endpoints known = endpoints;
    if (known != null && !moved) {
      return CompletableFuture.completedFuture(known);
    }
    return http.get(Endpoints.metadata(issuer), ACCEPT, MAX_BYTES, PATIENCE)
        .thenApply(this::endpoints)
        .exceptionally(
            failure -> {
              if (known != null) {
                return known;
              }
              throw new IllegalStateException("the metadata cannot be read", failure);
            });
  }

  private Endpoints endpoints(HttpResponse<byte[]> response) {
    try {
      Endpoints found = Endpoints.parse(text(response), issuer);
      endpoints = found;
      return found;
    } catch (IOException | ParseException e) {
      throw new IllegalStateException("the metadata is refused: " + e.getMessage(), e);
    }
  }

  private static Answer answer(HttpResponse<byte[]> response, KeySet former) {
    try {
      KeySet keys = KeySet.parse(text(response), former);
      if (keys.size() == 0) {
        throw new IOException("it has no key that verifies tokens");
      }
      return new Answer(keys, Freshness.of(response.headers()));
    } catch (IOException | ParseException e) {
      throw new IllegalStateException("the JWK Set is refused: " + e.getMessage(), e);
    }
  }

  private static String text(HttpResponse<byte[]> response) throws IOException {
    if (response.statusCode() != 200) {
      throw new IOException("status " + response.statusCode());
    }
    return new String(response.body(), StandardCharsets.UTF_8);
  }
}
