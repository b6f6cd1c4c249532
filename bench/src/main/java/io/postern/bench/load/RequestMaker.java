package io.postern.bench.load;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.postern.crypto.CryptoProvider;
import io.postern.jose.SignatureAlgorithm;
import java.net.URLEncoder;
import java.security.GeneralSecurityException;
import java.security.Signature;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;

/** Makes token requests of a fleet's agents before they are sent. Not thread-safe. */
final class RequestMaker {
  /** The issuer of all gateways that are measured. */
  static final String ISSUER = "https://postern.bench.example";

  private static final Duration ASSERTION_LIFE = Duration.ofMinutes(2);
  private static final Base64.Encoder BASE64URL = Base64.getUrlEncoder().withoutPadding();
  private static final int REQUESTED_SCOPES = 3;
  // Guesses are limited for each client, so wrong secrets are spread over at least as many.
  private static final int GUESSED_CLIENTS = 100_000;

  private final Fleet fleet;
  private final AgentKeys keys;
  private final AgentChoice choice;
  private final Signature signer;
  private final SplittableRandom random = new SplittableRandom(20);
  private final String jtiPrefix = UUID.randomUUID() + "-";
  private long jtiCount;

  RequestMaker(Fleet fleet, AgentKeys keys, AgentChoice choice, CryptoProvider provider) {
    this.fleet = fleet;
    this.keys = keys;
    this.choice = choice;
    this.signer = SignatureAlgorithm.ES256.newSignature(provider);
  }

  /** So many requests of a scenario; assertions among them are good for two minutes from now. */
  List<Request> make(Scenario scenario, int count, Target target) {
    List<Request> requests = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      requests.add(make(scenario.draw(random), target));
    }
    return requests;
  }

  /** One request. */
  Request make(RequestKind kind, Target target) {
    int agent = choice.draw(random);
    int grant =
        kind == RequestKind.SECRET_RS256 ? Fleet.RS256_GRANT : random.nextInt(Fleet.RS256_GRANT);
    int service = fleet.service(agent, grant);
    StringBuilder body = new StringBuilder(1024);
    body.append("grant_type=client_credentials&audience=").append(form(fleet.audience(service)));
    if (kind == RequestKind.SCOPES_ES256) {
      List<String> scopes = fleet.scopesOf(service, fleet.scopeSet(agent, grant));
      body.append("&scope=").append(form(String.join(" ", scopes.subList(0, REQUESTED_SCOPES))));
    }
    StringBuilder head = new StringBuilder(1024);
    head.append("POST ").append(RequestKind.PATH).append(target.path(kind));
    head.append(" HTTP/1.1\r\nHost: postern.bench.example\r\n");
    head.append("Content-Type: application/x-www-form-urlencoded\r\n");
    switch (kind) {
      case SECRET_ES256, SCOPES_ES256, SECRET_RS256 ->
          basic(head, fleet.clientId(agent), fleet.secret(agent));
      case BAD_SECRET -> {
        int guessed = random.nextInt(Math.max(fleet.agents(), GUESSED_CLIENTS));
        basic(head, fleet.clientId(guessed), fleet.secret(-1 - guessed));
      }
      case KEY_ES256 -> {
        body.append("&client_assertion_type=");
        body.append(form("urn:ietf:params:oauth:client-assertion-type:jwt-bearer"));
        body.append("&client_assertion=").append(assertion(agent));
      }
    }
    head.append("Content-Length: ").append(body.length()).append("\r\n\r\n").append(body);
    return new Request(head.toString().getBytes(US_ASCII), kind.status());
  }

  private static void basic(StringBuilder head, String clientId, String secret) {
    String credentials = clientId + ":" + secret;
    head.append("Authorization: Basic ");
    head.append(Base64.getEncoder().encodeToString(credentials.getBytes(US_ASCII))).append("\r\n");
  }

  // RFC 7523 §3
  private String assertion(int agent) {
    AgentKeys.AgentKey key = keys.of(agent);
    String clientId = fleet.clientId(agent);
    long now = Instant.now().getEpochSecond();
    String header = "{\"alg\":\"ES256\",\"kid\":\"%s\"}".formatted(key.kid());
    String claims =
        "{\"iss\":\"%s\",\"sub\":\"%s\",\"aud\":\"%s\",\"iat\":%d,\"exp\":%d,\"jti\":\"%s%d\"}"
            .formatted(
                clientId,
                clientId,
                ISSUER,
                now,
                now + ASSERTION_LIFE.toSeconds(),
                jtiPrefix,
                jtiCount++);
    String input =
        BASE64URL.encodeToString(header.getBytes(US_ASCII))
            + "."
            + BASE64URL.encodeToString(claims.getBytes(US_ASCII));
    try {
      signer.initSign(key.privateKey());
      signer.update(input.getBytes(US_ASCII));
      return input + "." + BASE64URL.encodeToString(signer.sign());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the provider cannot sign", e);
    }
  }

  private static String form(String value) {
    return URLEncoder.encode(value, US_ASCII);
  }
}
