package io.postern.admin;

import io.postern.grant.ProtectedResource;
import io.postern.jose.SignatureAlgorithm;
import io.postern.store.ApplicationRow.Settings;

/** The members that say how tokens for an audience are made, which agents and services share. */
final class TokenSettings {
  static final String TTL = "access_token_ttl";
  static final String ALG = "signing_alg";

  private static final int DEFAULT_TTL = ProtectedResource.DEFAULT_ACCESS_TOKEN_TTL_SECONDS;
  private static final String DEFAULT_ALG = SignatureAlgorithm.ES256.value();

  private TokenSettings() {}

  static int effectiveTtl(Settings settings) {
    Integer ttl = settings.accessTokenTtlSeconds();
    return ttl == null ? DEFAULT_TTL : ttl;
  }

  static String effectiveAlg(Settings settings) {
    String alg = settings.signingAlg();
    return alg == null ? DEFAULT_ALG : alg;
  }
}
