package io.postern.bench.peer;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.source.ImmutableJWKSet;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.proc.SecurityContext;
import java.util.List;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Profile;
import org.springframework.security.crypto.factory.PasswordEncoderFactories;
import org.springframework.security.crypto.password.NoOpPasswordEncoder;
import org.springframework.security.crypto.password.PasswordEncoder;
import org.springframework.security.oauth2.core.AuthorizationGrantType;
import org.springframework.security.oauth2.core.ClientAuthenticationMethod;
import org.springframework.security.oauth2.jose.jws.SignatureAlgorithm;
import org.springframework.security.oauth2.server.authorization.OAuth2AuthorizationService;
import org.springframework.security.oauth2.server.authorization.client.InMemoryRegisteredClientRepository;
import org.springframework.security.oauth2.server.authorization.client.RegisteredClient;
import org.springframework.security.oauth2.server.authorization.client.RegisteredClientRepository;
import org.springframework.security.oauth2.server.authorization.token.JwtEncodingContext;
import org.springframework.security.oauth2.server.authorization.token.OAuth2TokenCustomizer;

/**
 * Spring Authorization Server with one client and an EC key, in one of two settings, each a Spring
 * profile: {@code best}, the secret in clear and no store of tokens, and {@code as-shipped}, the
 * secret hashed and tokens kept as Spring does it by default.
 */
@SpringBootApplication
public class AuthorizationServer {
  public static void main(String[] arguments) {
    SpringApplication.run(AuthorizationServer.class, arguments);
  }

  // Not {noop} before the secret: that is hashed with bcrypt at the first request.
  @Bean
  @Profile("best")
  @SuppressWarnings("deprecation")
  PasswordEncoder plain() {
    return NoOpPasswordEncoder.getInstance();
  }

  @Bean
  @Profile("as-shipped")
  PasswordEncoder hashed() {
    return PasswordEncoderFactories.createDelegatingPasswordEncoder();
  }

  @Bean
  @Profile("best")
  OAuth2AuthorizationService noStore() {
    return new NoAuthorizationStore();
  }

  @Bean
  RegisteredClientRepository clients(
      @Value("${PEER_CLIENT_ID}") String id,
      @Value("${PEER_CLIENT_SECRET}") String secret,
      PasswordEncoder encoder,
      @Value("${PEER_SCOPE}") String scope) {
    return new InMemoryRegisteredClientRepository(
        RegisteredClient.withId("1")
            .clientId(id)
            .clientSecret(encoder.encode(secret))
            .clientAuthenticationMethod(ClientAuthenticationMethod.CLIENT_SECRET_BASIC)
            .authorizationGrantType(AuthorizationGrantType.CLIENT_CREDENTIALS)
            .scope(scope)
            .build());
  }

  @Bean
  JWKSource<SecurityContext> keys() throws JOSEException {
    return new ImmutableJWKSet<>(
        new JWKSet(
            new ECKeyGenerator(Curve.P_256)
                .keyIDFromThumbprint(true)
                .algorithm(JWSAlgorithm.ES256)
                .generate()));
  }

  @Bean
  OAuth2TokenCustomizer<JwtEncodingContext> es256(@Value("${PEER_AUDIENCE}") String audience) {
    return context -> {
      context.getJwsHeader().algorithm(SignatureAlgorithm.ES256);
      context.getClaims().audience(List.of(audience));
    };
  }
}
