package io.postern.store.registry;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A grant as an edge between an application and another one.
 *
 * @param outbound whether the application is the one that may call; otherwise the other may call it
 * @param expiresAt null for never
 * @param creationNumber of the grant
 */
public record Edge(
    boolean outbound,
    Node other,
    List<String> scopes,
    @Nullable Instant expiresAt,
    long creationNumber) {

  public Edge {
    scopes = List.copyOf(scopes);
  }

  /**
   * An application as others see it.
   *
   * @param kind {@code agent}, {@code service} or {@code client}
   * @param audience null when it is no resource
   * @param status {@code active} or {@code disabled}
   */
  public record Node(
      String id, String kind, String name, @Nullable String audience, String status) {}
}
