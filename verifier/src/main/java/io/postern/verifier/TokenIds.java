package io.postern.verifier;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * All by which a line can end a token.
 *
 * @param kid of its header
 * @param tokens its {@code jti}, and those that it came of
 * @param clients its {@code client_id}, and whoever acts
 * @param issuedAt seconds since the epoch
 */
record TokenIds(
    String kid,
    List<String> tokens,
    Set<String> clients,
    List<String> audiences,
    String subject,
    @Nullable String session,
    @Nullable String family,
    long issuedAt) {
  TokenIds {
    tokens = List.copyOf(tokens);
    clients = Set.copyOf(clients);
    audiences = List.copyOf(audiences);
  }
}
