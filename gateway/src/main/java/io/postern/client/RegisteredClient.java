package io.postern.client;

import io.postern.grant.Grant;
import io.postern.oauth.GrantType;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An application that may ask for tokens: its credentials and what it has been granted.
 *
 * @param grants at most one for each audience
 */
public record RegisteredClient(
    String clientId,
    boolean active,
    Set<GrantType> grantTypes,
    AssertionAudience assertionAudience,
    List<ClientSecret> secrets,
    List<ClientKey> keys,
    List<Grant> grants) {

  public RegisteredClient {
    grantTypes = Set.copyOf(grantTypes);
    secrets = List.copyOf(secrets);
    keys = List.copyOf(keys);
    grants = List.copyOf(grants);
  }

  /** The live grant on an audience, or null. */
  public @Nullable Grant findGrant(String audience, Instant now) {
    for (Grant grant : grants) {
      if (grant.audience().equals(audience)) {
        return grant.isLive(now) ? grant : null;
      }
    }
    return null;
  }

  /** The only live grant, or null when there are several or none. */
  public @Nullable Grant findOnlyGrant(Instant now) {
    Grant only = null;
    for (Grant grant : grants) {
      if (grant.isLive(now)) {
        if (only != null) {
          return null;
        }
        only = grant;
      }
    }
    return only;
  }
}
