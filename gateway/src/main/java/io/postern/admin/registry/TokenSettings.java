package io.postern.admin.registry;

import io.postern.grant.ProtectedResource;
import io.postern.jose.SignatureAlgorithm;
import io.postern.store.registry.ApplicationRow.Settings;

/** The members that say how tokens for an audience are made, which agents and services share. */
public final class TokenSettings {
  public static final String TTL = "access_token_ttl";
  public static final String ALG = "signing_alg";

  private static final int DEFAULT_TTL = ProtectedResource.DEFAULT_ACCESS_TOKEN_TTL_SECONDS;
  private static final String DEFAULT_ALG = SignatureAlgorithm.ES256.value();

  private TokenSettings() {}

  public static int effectiveTtl(Settings settings) {
    Integer ttl = settings.accessTokenTtlSeconds();
    return ttl == null ? DEFAULT_TTL : ttl;
  }

  public static String effectiveAlg(Settings settings) {
    String alg = settings.signingAlg();
    return alg == null ? DEFAULT_ALG : alg;
  }
}
