package io.postern.grant;

import io.postern.jose.SignatureAlgorithm;

/**
 * A resource that tokens are issued for: an enterprise service or an agent.
 *
 * @param id the application's id
 * @param accessTokenTtlSeconds how long its tokens live, 60 to 86,400
 * @param signingAlgorithm what its tokens are signed with; its verifier decides what it can check
 */
public record ProtectedResource(
    String id,
    String audience,
    boolean active,
    int accessTokenTtlSeconds,
    SignatureAlgorithm signingAlgorithm) {

  /** A resource by the policy of its tokens. */
  public ProtectedResource(String id, String audience, boolean active, TokenPolicy tokens) {
    this(id, audience, active, tokens.ttlSeconds(), tokens.algorithm());
  }

  /** How long an access token lives unless its resource says otherwise. */
  public static final int DEFAULT_ACCESS_TOKEN_TTL_SECONDS = 900;

  /** What access tokens are signed with unless their resource says otherwise. */
  public static final SignatureAlgorithm DEFAULT_SIGNING_ALGORITHM = SignatureAlgorithm.ES256;
}
