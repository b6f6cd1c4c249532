package io.postern.client;

import io.postern.grant.TokenPolicy;
import io.postern.oauth.GrantType;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What many clients have in common: there are few different ones, and equal ones are shared.
 *
 * @param hashKeyIds keys under which secrets are hashed, the client's and maybe others, distinct; a
 *     secret refers to its own by position, which is below {@link #MAX_HASH_KEYS}
 * @param tokensPerMinute the most that the client gets from one gateway; {@link #NO_LIMIT} for none
 * @param agentTokens how tokens for the client are made when it is called itself under its {@link
 *     io.postern.grant.AgentAudience derived audience}; null when it is no resource, or one under
 *     another audience
 */
public record ClientSettings(
    boolean active,
    Set<GrantType> grantTypes,
    AssertionAudience assertionAudience,
    List<String> hashKeyIds,
    int tokensPerMinute,
    @Nullable TokenPolicy agentTokens) {

  /** As many tokens as it asks for. */
  public static final int NO_LIMIT = 0;

  /** The most keys under which secrets are hashed. */
  static final int MAX_HASH_KEYS = 256;

  public ClientSettings {
    grantTypes = Set.copyOf(grantTypes);
    hashKeyIds = List.copyOf(hashKeyIds);
  }
}
