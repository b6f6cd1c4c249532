package io.postern.verifier.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.postern.verifier.FilterContract;
import io.postern.verifier.PosternVerifier;
import jakarta.servlet.DispatcherType;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import org.eclipse.jetty.ee11.servlet.FilterHolder;
import org.eclipse.jetty.ee11.servlet.ServletContextHandler;
import org.eclipse.jetty.ee11.servlet.ServletHolder;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.junit.jupiter.api.Test;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configuration.EnableWebSecurity;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.security.oauth2.jwt.BadJwtException;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.jwt.JwtException;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.support.AnnotationConfigWebApplicationContext;
import org.springframework.web.filter.DelegatingFilterProxy;
import org.springframework.web.servlet.DispatcherServlet;
import org.springframework.web.servlet.config.annotation.EnableWebMvc;

class PosternJwtDecoderTest extends FilterContract {
  private final Server server =
      new Server(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));

  /** A service as it would be written. */
  @Configuration
  @EnableWebMvc
  @EnableWebSecurity
  static class Service {
    @Bean
    SecurityFilterChain security(HttpSecurity http, JwtDecoder decoder) {
      return http.csrf(csrf -> csrf.disable())
          .sessionManagement(
              session -> session.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
          .authorizeHttpRequests(
              requests ->
                  requests
                      .requestMatchers("/customers")
                      .hasAnyAuthority("SCOPE_customers:read", "SCOPE_customers:write")
                      .anyRequest()
                      .hasAuthority("SCOPE_admin"))
          .oauth2ResourceServer(resource -> resource.jwt(jwt -> jwt.decoder(decoder)))
          .build();
    }

    @Bean
    Customers customers() {
      return new Customers();
    }
  }

  /** Says who asks, or what was sent. */
  @RestController
  static class Customers {
    @GetMapping("/customers")
    String get(@AuthenticationPrincipal Jwt token) {
      return token.getClaimAsString("client_id") + "/" + token.getSubject();
    }

    @PostMapping("/customers")
    String post(@RequestBody String body) {
      return body;
    }
  }

  @Override
  protected int startServer(PosternVerifier verifier) throws Exception {
    AnnotationConfigWebApplicationContext spring = new AnnotationConfigWebApplicationContext();
    spring.addBeanFactoryPostProcessor(
        beans -> beans.registerSingleton("decoder", new PosternJwtDecoder(verifier)));
    spring.register(Service.class);
    ServletContextHandler context = new ServletContextHandler("/");
    context.addServlet(new ServletHolder(new DispatcherServlet(spring)), "/*");
    DelegatingFilterProxy filter = new DelegatingFilterProxy("springSecurityFilterChain", spring);
    context.addFilter(new FilterHolder(filter), "/*", EnumSet.of(DispatcherType.REQUEST));
    spring.setServletContext(context.getServletContext());
    server.setHandler(context);
    server.start();
    return ((ServerConnector) server.getConnectors()[0]).getLocalPort();
  }

  @Override
  protected void stopServer() throws Exception {
    server.stop();
  }

  // An AuthenticationServiceException, which Spring hands on to the container.
  @Override
  protected int unknownStatus() {
    return 500;
  }

  @Test
  void jwt_isAsSpringReadsOne() {
    Jwt jwt = new PosternJwtDecoder(fixture.verifier()).decode(fixture.token());
    assertThat(jwt.getHeaders()).containsEntry("typ", "at+jwt").containsEntry("kid", "key-1");
    assertThat(jwt.getAudience()).containsExactly("https://crm.example.com");
    assertThat(jwt.getExpiresAt()).isEqualTo(jwt.getIssuedAt().plusSeconds(900));
    assertThat(jwt.getClaimAsString("scope")).isEqualTo("customers:read customers:write");
  }

  @Test
  void token_boundByDpop_isNoBearerToken() {
    String token =
        fixture.token("cnf", Map.of("jkt", "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"));
    assertThat(new PosternJwtDecoder(fixture.verifier()).decode(token).getClaims())
        .containsKey("cnf");
    assertThat(get("/customers", "Bearer " + token).statusCode()).isEqualTo(401);
  }

  @Test
  void token_boundInAnotherWay_isRefused() {
    PosternJwtDecoder decoder = new PosternJwtDecoder(fixture.verifier());
    for (Object cnf : List.of(Map.of("x5t#S256", "abc"), Map.of(), "x")) {
      String token = fixture.token("cnf", cnf);
      assertThatThrownBy(() -> decoder.decode(token))
          .isInstanceOf(BadJwtException.class)
          .hasMessage("the token is refused: SENDER_CONSTRAINED");
    }
  }

  @Test
  void refusals_ofTokens_areBadJwts() {
    PosternJwtDecoder decoder = new PosternJwtDecoder(fixture.verifier());
    assertThatThrownBy(() -> decoder.decode("a.b.c"))
        .isInstanceOf(BadJwtException.class)
        .hasMessage("the token is refused: MALFORMED");
    fixture.silence();
    assertThatThrownBy(() -> decoder.decode(fixture.token()))
        .isInstanceOf(JwtException.class)
        .isNotInstanceOf(BadJwtException.class)
        .hasMessage("the token is refused: LINES_UNKNOWN");
  }
}
