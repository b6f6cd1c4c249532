package io.postern.admin.contract;

import io.vertx.core.http.HttpMethod;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the contract says of one thing that can be done.
 *
 * @param path below the API's root, with {@code {names}} for its variable segments
 * @param scope that a token must have; null when none is needed
 * @param query what each query parameter must be
 * @param bodies what a body of each media type must be; empty when it takes none
 * @param bodyRequired whether there must be one
 */
public record Operation(
    String id,
    HttpMethod method,
    String path,
    @Nullable String scope,
    Map<String, ContractSchema> query,
    Map<String, ContractSchema> bodies,
    boolean bodyRequired) {
  public Operation {
    query = Collections.unmodifiableMap(new LinkedHashMap<>(query));
    bodies = Collections.unmodifiableMap(new LinkedHashMap<>(bodies));
  }

  /** Whether anybody may ask for it. */
  public boolean open() {
    return scope == null;
  }

  /** Whether it needs the right to read; to write otherwise. */
  public boolean reads() {
    return "admin:read".equals(scope);
  }
}
