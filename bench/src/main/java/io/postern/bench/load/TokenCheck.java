package io.postern.bench.load;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.source.ImmutableJWKSet;
import com.nimbusds.jose.proc.BadJOSEException;
import com.nimbusds.jose.proc.DefaultJOSEObjectTypeVerifier;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.proc.DefaultJWTClaimsVerifier;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.text.ParseException;
import java.util.List;
import java.util.Set;

/** Verifies some of the tokens that a gateway issued, as a resource server would. */
final class TokenCheck {
  private TokenCheck() {}

  /**
   * Verifies the tokens in the bodies of token responses by the gateway's JWK Set.
   *
   * @throws LoadException if there is none, or one is not good
   */
  static void verify(List<String> bodies, InetSocketAddress gateway) {
    if (bodies.isEmpty()) {
      throw new LoadException("no token came that could be verified");
    }
    String jwks = "http://127.0.0.1:" + gateway.getPort() + "/oauth2/jwks";
    DefaultJWTProcessor<SecurityContext> processor = new DefaultJWTProcessor<>();
    processor.setJWSTypeVerifier(new DefaultJOSEObjectTypeVerifier<>(new JOSEObjectType("at+jwt")));
    processor.setJWTClaimsSetVerifier(
        new DefaultJWTClaimsVerifier<>(
            new JWTClaimsSet.Builder().issuer(RequestMaker.ISSUER).build(),
            Set.of("sub", "aud", "exp", "iat", "jti", "client_id", "scope")));
    try {
      processor.setJWSKeySelector(
          new JWSVerificationKeySelector<>(
              Set.of(JWSAlgorithm.ES256, JWSAlgorithm.RS256),
              new ImmutableJWKSet<>(JWKSet.load(URI.create(jwks).toURL()))));
      ObjectMapper json = new ObjectMapper();
      for (String body : bodies) {
        processor.process(json.readTree(body).path("access_token").textValue(), null);
      }
    } catch (IOException | ParseException | BadJOSEException | JOSEException e) {
      throw new LoadException("a token is not good: " + e.getMessage(), e);
    }
  }
}
