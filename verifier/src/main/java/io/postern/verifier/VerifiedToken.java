package io.postern.verifier;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a good access token says (RFC 9068 §2.2).
 *
 * @param clientId who got it
 * @param subject for whom: the client itself, or a person
 * @param audiences the services that it is for
 * @param scopes empty when it has none
 * @param issuedAt to the second
 * @param expiresAt to the second
 * @param jti its name
 * @param actors who acts for the subject, the present one first (RFC 8693 §4.1)
 * @param claims all claims as the JSON has them, but for those that are null; times are seconds
 *     since the epoch
 */
public record VerifiedToken(
    String clientId,
    String subject,
    List<String> audiences,
    Set<String> scopes,
    Instant issuedAt,
    Instant expiresAt,
    String jti,
    List<Actor> actors,
    Map<String, Object> claims) {
  public VerifiedToken {
    audiences = List.copyOf(audiences);
    scopes = Set.copyOf(scopes);
    actors = List.copyOf(actors);
    Map<String, Object> copy = new LinkedHashMap<>(claims);
    copy.replaceAll((name, value) -> copyOf(value));
    claims = Collections.unmodifiableMap(copy);
  }

  // All requests with the token share it, so that none may change what another sees.
  private static Object copyOf(Object value) {
    if (value instanceof Map<?, ?> object) {
      Map<Object, @Nullable Object> copy = new LinkedHashMap<>();
      object.forEach((name, member) -> copy.put(name, member == null ? null : copyOf(member)));
      return Collections.unmodifiableMap(copy);
    }
    if (value instanceof List<?> array) {
      List<@Nullable Object> copy = new ArrayList<>(array.size());
      array.forEach(element -> copy.add(element == null ? null : copyOf(element)));
      return Collections.unmodifiableList(copy);
    }
    return value;
  }

  /** Without what is said of a person. */
  @Override
  public String toString() {
    return "VerifiedToken[clientId=%s, jti=%s, expiresAt=%s]".formatted(clientId, jti, expiresAt);
  }
}
