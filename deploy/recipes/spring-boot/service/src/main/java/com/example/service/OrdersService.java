package com.example.service;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.security.oauth2.core.DelegatingOAuth2TokenValidator;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtAudienceValidator;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.jwt.JwtIssuerValidator;
import org.springframework.security.oauth2.jwt.JwtTimestampValidator;
import org.springframework.security.oauth2.jwt.JwtTypeValidator;
import org.springframework.security.oauth2.jwt.NimbusJwtDecoder;
import org.springframework.security.oauth2.jwt.SupplierJwtDecoder;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** A service that agents call with tokens for it. */
@SpringBootApplication
@RestController
public class OrdersService {
  public static void main(String[] args) {
    SpringApplication.run(OrdersService.class, args);
  }

  @Bean
  SecurityFilterChain security(HttpSecurity http) {
    return http.authorizeHttpRequests(
            requests -> requests.anyRequest().hasAuthority("SCOPE_orders:read"))
        .oauth2ResourceServer(server -> server.jwt(Customizer.withDefaults()))
        .build();
  }

  /**
   * Spring's own decoder takes the type "JWT" alone; access tokens have "at+jwt" (RFC 9068). Fetches
   * the issuer's metadata and keys when the first request comes.
   */
  @Bean
  JwtDecoder tokens(@Value("${ISSUER}") String issuer, @Value("${AUDIENCE}") String audience) {
    return new SupplierJwtDecoder(
        () -> {
          NimbusJwtDecoder decoder =
              NimbusJwtDecoder.withIssuerLocation(issuer).validateType(false).build();
          decoder.setJwtValidator(
              new DelegatingOAuth2TokenValidator<>(
                  new JwtTypeValidator("at+jwt"),
                  new JwtIssuerValidator(issuer),
                  new JwtAudienceValidator(audience),
                  new JwtTimestampValidator()));
          return decoder;
        });
  }

  @GetMapping("/orders")
  String orders(@AuthenticationPrincipal Jwt token) {
    return "orders for " + token.getClaimAsString("client_id") + "\n";
  }
}
