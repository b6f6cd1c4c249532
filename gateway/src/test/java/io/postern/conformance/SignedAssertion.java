package io.postern.conformance;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import io.postern.testing.TestGateway;
import io.postern.testing.TokenCall;
import java.time.Instant;
import java.util.Date;
import java.util.UUID;

/** A client assertion in which nothing is wrong, for tests that are not about assertions. */
final class SignedAssertion {
  private static final String TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

  private SignedAssertion() {}

  static ECKey newKey() {
    try {
      return new ECKeyGenerator(Curve.P_256).keyIDFromThumbprint(true).generate();
    } catch (JOSEException e) {
      throw new IllegalStateException(e);
    }
  }

  static String of(TestGateway gateway, String clientId, ECKey key) {
    Instant now = Instant.now();
    JWTClaimsSet claims =
        new JWTClaimsSet.Builder()
            .issuer(clientId)
            .subject(clientId)
            .audience(gateway.issuer())
            .issueTime(Date.from(now))
            .expirationTime(Date.from(now.plusSeconds(60)))
            .jwtID(UUID.randomUUID().toString())
            .build();
    SignedJWT jwt =
        new SignedJWT(
            new JWSHeader.Builder(JWSAlgorithm.ES256).keyID(key.getKeyID()).build(), claims);
    try {
      jwt.sign(new ECDSASigner(key));
    } catch (JOSEException e) {
      throw new IllegalStateException(e);
    }
    return jwt.serialize();
  }

  /** A request that is authenticated with such an assertion. */
  static TokenCall call(TestGateway gateway, String clientId, ECKey key) {
    return with(TokenCall.to(gateway).clientCredentials(), of(gateway, clientId, key));
  }

  static TokenCall with(TokenCall call, String assertion) {
    return call.param("client_assertion_type", TYPE).param("client_assertion", assertion);
  }
}
