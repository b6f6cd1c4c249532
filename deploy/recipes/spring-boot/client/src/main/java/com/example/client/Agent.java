package com.example.client;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.jwk.JWK;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.CommandLineRunner;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Profile;
import org.springframework.security.oauth2.client.AuthorizedClientServiceOAuth2AuthorizedClientManager;
import org.springframework.security.oauth2.client.ClientCredentialsOAuth2AuthorizedClientProvider;
import org.springframework.security.oauth2.client.OAuth2AuthorizedClientManager;
import org.springframework.security.oauth2.client.OAuth2AuthorizedClientService;
import org.springframework.security.oauth2.client.endpoint.NimbusJwtClientAuthenticationParametersConverter;
import org.springframework.security.oauth2.client.endpoint.OAuth2AccessTokenResponseClient;
import org.springframework.security.oauth2.client.endpoint.OAuth2ClientCredentialsGrantRequest;
import org.springframework.security.oauth2.client.endpoint.RestClientClientCredentialsTokenResponseClient;
import org.springframework.security.oauth2.client.registration.ClientRegistrationRepository;
import org.springframework.security.oauth2.client.web.client.OAuth2ClientHttpRequestInterceptor;
import org.springframework.web.client.RestClient;

/** An agent that calls a service. With the profile "key" it has a key instead of a secret. */
@SpringBootApplication
public class Agent {
  public static void main(String[] args) {
    SpringApplication.run(Agent.class, args);
  }

  @Bean
  CommandLineRunner call(RestClient orders, @Value("${URL}") String url) {
    return arguments -> System.out.print(orders.get().uri(url).retrieve().body(String.class));
  }

  /** Gets a token when it needs one, and keeps it until a minute before it expires. */
  @Bean
  RestClient orders(RestClient.Builder builder, OAuth2AuthorizedClientManager manager) {
    OAuth2ClientHttpRequestInterceptor tokens = new OAuth2ClientHttpRequestInterceptor(manager);
    tokens.setClientRegistrationIdResolver(request -> "orders");
    return builder.requestInterceptor(tokens).build();
  }

  @Bean
  OAuth2AuthorizedClientManager manager(
      ClientRegistrationRepository registrations,
      OAuth2AuthorizedClientService clients,
      OAuth2AccessTokenResponseClient<OAuth2ClientCredentialsGrantRequest> tokenEndpoint) {
    ClientCredentialsOAuth2AuthorizedClientProvider provider =
        new ClientCredentialsOAuth2AuthorizedClientProvider();
    provider.setAccessTokenResponseClient(tokenEndpoint);
    AuthorizedClientServiceOAuth2AuthorizedClientManager manager =
        new AuthorizedClientServiceOAuth2AuthorizedClientManager(registrations, clients);
    manager.setAuthorizedClientProvider(provider);
    return manager;
  }

  @Bean
  @Profile("!key")
  RestClientClientCredentialsTokenResponseClient withSecret() {
    return new RestClientClientCredentialsTokenResponseClient();
  }

  @Bean
  @Profile("key")
  RestClientClientCredentialsTokenResponseClient withKey(
      @Value("${CLIENT_KEY}") Path file, @Value("${ISSUER}") String issuer)
      throws IOException, JOSEException {
    JWK key = JWK.parseFromPEMEncodedObjects(Files.readString(file));
    NimbusJwtClientAuthenticationParametersConverter<OAuth2ClientCredentialsGrantRequest>
        assertions = new NimbusJwtClientAuthenticationParametersConverter<>(registration -> key);
    // Spring would name the token endpoint.
    assertions.setJwtClientAssertionCustomizer(
        assertion -> assertion.getClaims().audience(List.of(issuer)));
    RestClientClientCredentialsTokenResponseClient client =
        new RestClientClientCredentialsTokenResponseClient();
    client.addParametersConverter(assertions);
    return client;
  }
}
