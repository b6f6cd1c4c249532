package io.postern.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.factories.DefaultJWSSignerFactory;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A token endpoint as one client asks it (RFC 6749 §4.4). Tokens stay in memory. */
public final class TokenEndpointClient {
  private static final String ASSERTION_TYPE =
      "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

  /** How long an assertion lives; it is used at once. */
  private static final long ASSERTION_SECONDS = 60;

  /** A token is not used in its last seconds. */
  private static final long SPARE_SECONDS = 15;

  private final HttpExchange http;
  private final URI endpoint;
  private final String issuer;
  private final ClientIdentity identity;

  /**
   * @param issuer the audience of assertions
   */
  public TokenEndpointClient(
      HttpExchange http, URI endpoint, String issuer, ClientIdentity identity) {
    this.http = http;
    this.endpoint = endpoint;
    this.issuer = issuer;
    this.identity = identity;
  }

  /**
   * The answer to a request for a token.
   *
   * @param audience null for the client's only one
   * @param scope null for all that is granted
   * @throws CommandFailedException when there is no token
   */
  public JsonNode request(@Nullable String audience, @Nullable String scope) {
    Map<String, String> form = new LinkedHashMap<>();
    form.put("grant_type", "client_credentials");
    if (audience != null) {
      form.put("audience", audience);
    }
    if (scope != null) {
      form.put("scope", scope);
    }
    HttpRequest.Builder request =
        HttpRequest.newBuilder(endpoint)
            .timeout(HttpExchange.TIMEOUT)
            .header("Content-Type", "application/x-www-form-urlencoded")
            .header("Accept", "application/json");
    switch (identity) {
      case ClientIdentity.WithSecret(String clientId, String secret) ->
          request.header("Authorization", basic(clientId, secret));
      case ClientIdentity.WithKey(String clientId, JWK key) -> {
        form.put("client_assertion_type", ASSERTION_TYPE);
        form.put("client_assertion", assertion(clientId, key));
      }
    }
    request.POST(BodyPublishers.ofString(encode(form)));
    HttpResponse<byte[]> response = http.send(request.build());
    JsonNode body = HttpExchange.json(response.body());
    if (response.statusCode() != 200 || !body.path("access_token").isTextual()) {
      throw new CommandFailedException(
          "%s gives %s no token: %s"
              .formatted(endpoint, identity.clientId(), reason(response.statusCode(), body)),
          response.statusCode() >= 500);
    }
    return body;
  }

  /** Tokens for one audience, each used for as long as it is good. */
  public AccessTokens tokensFor(String audience) {
    return new AccessTokens() {
      private String token = "";
      private Instant end = Instant.MIN;

      @Override
      public synchronized String current() {
        if (!Instant.now().isBefore(end)) {
          JsonNode answer = request(audience, null);
          token = answer.path("access_token").textValue();
          end = Instant.now().plusSeconds(answer.path("expires_in").asLong() - SPARE_SECONDS);
        }
        return token;
      }
    };
  }

  // RFC 6749 §2.3.1: both are form-urlencoded before Basic
  private static String basic(String clientId, String secret) {
    String pair = encode(clientId) + ":" + encode(secret);
    return "Basic "
        + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.ISO_8859_1));
  }

  private String assertion(String clientId, JWK key) {
    Instant now = Instant.now();
    JWTClaimsSet claims =
        new JWTClaimsSet.Builder()
            .issuer(clientId)
            .subject(clientId)
            .audience(issuer)
            .jwtID(UUID.randomUUID().toString())
            .issueTime(Date.from(now))
            .expirationTime(Date.from(now.plusSeconds(ASSERTION_SECONDS)))
            .build();
    try {
      String kid = key.getKeyID() == null ? key.computeThumbprint().toString() : key.getKeyID();
      JWSHeader header = new JWSHeader.Builder(algorithm(key)).keyID(kid).build();
      SignedJWT assertion = new SignedJWT(header, claims);
      assertion.sign(new DefaultJWSSignerFactory().createJWSSigner(key, header.getAlgorithm()));
      return assertion.serialize();
    } catch (JOSEException e) {
      throw new CommandFailedException("the client's key cannot sign an assertion");
    }
  }

  private static JWSAlgorithm algorithm(JWK key) {
    if (key.getAlgorithm() != null) {
      return JWSAlgorithm.parse(key.getAlgorithm().getName());
    }
    return switch (key) {
      case RSAKey _ -> JWSAlgorithm.RS256;
      case ECKey ec when ec.getCurve().equals(Curve.P_384) -> JWSAlgorithm.ES384;
      case ECKey ec when ec.getCurve().equals(Curve.P_521) -> JWSAlgorithm.ES512;
      default -> JWSAlgorithm.ES256;
    };
  }

  private static String reason(int status, JsonNode body) {
    String error = body.path("error").asText("");
    String description = body.path("error_description").asText("");
    if (error.isEmpty()) {
      return "it answered with status " + status;
    }
    return description.isEmpty() ? error : error + ", " + description;
  }

  private static String encode(Map<String, String> form) {
    return form.entrySet().stream()
        .map(entry -> entry.getKey() + "=" + encode(entry.getValue()))
        .collect(Collectors.joining("&"));
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
