package io.postern.bench;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A token request as it arrives.
 *
 * @param form the body
 * @param authorization the value of the Authorization header, or null
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record SampleRequest(byte[] form, @Nullable String authorization) {
  private static final String SCOPE = "contacts:read contacts:write tickets:read";
  private static final String JWT_BEARER = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

  /** A request for three scopes of an audience, with {@code client_secret_basic}. */
  static SampleRequest withSecret(String clientId, String secret, String audience) {
    String pair = encoded(clientId) + ":" + encoded(secret);
    return new SampleRequest(
        bytes(form(audience)), "Basic " + Base64.getEncoder().encodeToString(bytes(pair)));
  }

  /** An agent's request for what it may have, with {@code client_secret_basic}. */
  static SampleRequest withSecret(SampleRegistry registry, int agent) {
    return withSecret(
        SampleRegistry.clientId(agent),
        SampleRegistry.secret(agent),
        registry.grantedAudience(agent));
  }

  /** An agent's request for what it may have, with {@code private_key_jwt} and ES256. */
  static SampleRequest withAssertion(SampleRegistry registry, int agent, Instant now) {
    return new SampleRequest(
        bytes(
            form(registry.grantedAudience(agent))
                + "&client_assertion_type="
                + encoded(JWT_BEARER)
                + "&client_assertion="
                + assertion(registry, agent, now)),
        null);
  }

  /** A fresh assertion of an agent, signed with ES256. */
  static String assertion(SampleRegistry registry, int agent, Instant now) {
    String clientId = SampleRegistry.clientId(agent);
    SignedJWT jwt =
        new SignedJWT(
            new JWSHeader.Builder(JWSAlgorithm.ES256).keyID(SampleRegistry.kid(agent)).build(),
            new JWTClaimsSet.Builder()
                .issuer(clientId)
                .subject(clientId)
                .audience(SampleRegistry.ISSUER)
                .jwtID(UUID.randomUUID().toString())
                .issueTime(Date.from(now))
                .expirationTime(Date.from(now.plus(TokenPath.MAX_ASSERTION_AGE)))
                .build());
    try {
      jwt.sign(new ECDSASigner(registry.keyPair(agent).getPrivate(), Curve.P_256));
    } catch (JOSEException e) {
      throw new IllegalStateException("the key cannot sign", e);
    }
    return jwt.serialize();
  }

  private static String form(String audience) {
    return "grant_type=client_credentials&audience="
        + encoded(audience)
        + "&scope="
        + encoded(SCOPE);
  }

  private static String encoded(String value) {
    return URLEncoder.encode(value, StandardCharsets.UTF_8);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  @Override
  public String toString() {
    return "SampleRequest[<redacted>]";
  }
}
