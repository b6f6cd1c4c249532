package io.postern.admin.protocol;

import com.fasterxml.jackson.databind.JsonNode;
import io.postern.crypto.CryptoProvider;
import io.postern.jose.JwsVerifier;
import io.postern.jose.SignatureAlgorithm;
import io.postern.jose.SigningKey;
import io.postern.jose.SigningKeys;
import io.postern.jose.StrictJwt;
import io.postern.jose.VerificationKey;
import io.postern.oauth.Scope;
import io.vertx.core.http.HttpServerRequest;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.time.Clock;
import java.util.List;
import java.util.Locale;
import java.util.function.BiPredicate;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Admits requests that carry an access token which this gateway issued for the admin API (RFC 6750,
 * RFC 9068 §4). Thread-safe.
 */
public final class AdminAuthenticator {
  /** The audience of the admin API's tokens. */
  public static final String AUDIENCE = "urn:postern:admin";

  private static final String READ = "admin:read";
  private static final String WRITE = "admin:write";
  private static final String CHALLENGE = "Bearer realm=\"postern-admin\"";

  /** How far the clock of the gateway that issued a token may be ahead. */
  private static final long CLOCK_SKEW_SECONDS = 10;

  // RFC 6750 §2.1: b64token
  private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9._~+/-]+=*");

  private final CryptoProvider provider;
  private final Supplier<SigningKeys> signingKeys;
  private final BiPredicate<String, String> rights;
  private final String issuer;
  private final Clock clock;

  /**
   * @param signingKeys the keys as they are now
   * @param rights whether the client of that id may have that scope on this API now
   * @param issuer our issuer identifier
   */
  public AdminAuthenticator(
      CryptoProvider provider,
      Supplier<SigningKeys> signingKeys,
      BiPredicate<String, String> rights,
      String issuer,
      Clock clock) {
    this.provider = provider;
    this.signingKeys = signingKeys;
    this.rights = rights;
    this.issuer = issuer;
    this.clock = clock;
  }

  /**
   * The {@code client_id} of whoever may send the request.
   *
   * @param reads whether it changes nothing
   * @param tokenInQuery whether the query carries a token, which nobody is admitted for
   * @throws ProblemException with the challenge of RFC 6750 §3, or a 503 before the index is loaded
   */
  String authenticate(HttpServerRequest request, boolean reads, boolean tokenInQuery) {
    StrictJwt token = StrictJwt.parse(bearerToken(request, tokenInQuery));
    if (signingKeys.get().all().isEmpty()) {
      // not a fault of the token
      throw Problem.of(503, "starting", "Starting", "The index is not loaded yet.")
          .header("Retry-After", "2")
          .exception();
    }
    if (token == null || !isOurs(token) || !isGood(token)) {
      throw refused(
          401, "invalid_token", "The access token is malformed, forged, expired or for another.");
    }
    String scope = reads ? READ : WRITE;
    requireScope(token, scope);
    String clientId = token.claims().path("client_id").textValue();
    // A token outlives a revocation; an administrator's must not, as it could make a new one.
    if (!rights.test(clientId, scope)) {
      throw refused(401, "invalid_token", "The client no longer has the rights of its token.");
    }
    return clientId;
  }

  private static String bearerToken(HttpServerRequest request, boolean tokenInQuery) {
    List<String> headers = request.headers().getAll("Authorization");
    // RFC 6750 §3.1: more than one way of sending a token, or a repeated one, is invalid_request
    if (headers.size() > 1 || (tokenInQuery && !headers.isEmpty())) {
      throw refused(400, "invalid_request", "The request carries more than one access token.");
    }
    String header = headers.isEmpty() ? "" : headers.getFirst().strip();
    String[] parts = header.split(" +", 2);
    if (!parts[0].toLowerCase(Locale.ROOT).equals("bearer")) {
      // RFC 6750 §3.1: no error code for whoever has not tried
      throw Problem.of(401, "unauthenticated", "Unauthenticated", "An access token is required.")
          .header("WWW-Authenticate", CHALLENGE)
          .exception();
    }
    if (parts.length < 2 || !TOKEN.matcher(parts[1]).matches()) {
      throw refused(400, "invalid_request", "The Authorization header is malformed.");
    }
    return parts[1];
  }

  private boolean isOurs(StrictJwt token) {
    // RFC 9068 §4: typ at+jwt or application/at+jwt, so that no other JWT of ours is taken for it
    String typ = token.header().path("typ").asText("").toLowerCase(Locale.ROOT);
    // RFC 7515 §4.1.11: no extension is understood here
    if (!(typ.equals("at+jwt") || typ.equals("application/at+jwt")) || token.header().has("crit")) {
      return false;
    }
    SigningKey key = findKey(token.header().path("kid").textValue());
    // RFC 8725 §3.1: the algorithm is the key's, not the token's choice
    return key != null
        && key.algorithm().value().equals(token.header().path("alg").textValue())
        && new JwsVerifier(provider).verify(token, key.algorithm(), publicKey(key));
  }

  private @Nullable SigningKey findKey(@Nullable String kid) {
    for (SigningKey key : signingKeys.get().all()) {
      if (key.kid().equals(kid)) {
        return key;
      }
    }
    return null;
  }

  private PublicKey publicKey(SigningKey key) {
    SignatureAlgorithm algorithm = key.algorithm();
    byte[] encoded = VerificationKey.of(key.publicJwk()).encoded();
    try {
      return provider
          .keyFactory(algorithm.keyType().jcaName())
          .generatePublic(new X509EncodedKeySpec(encoded));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("signing key " + key.kid() + " cannot be decoded", e);
    }
  }

  private boolean isGood(StrictJwt token) {
    JsonNode claims = token.claims();
    long now = clock.instant().getEpochSecond();
    JsonNode exp = claims.path("exp");
    JsonNode iat = claims.path("iat");
    return issuer.equals(claims.path("iss").textValue())
        && AUDIENCE.equals(claims.path("aud").textValue())
        && claims.path("client_id").isTextual()
        && exp.canConvertToLong()
        && now < exp.longValue()
        && iat.canConvertToLong()
        && iat.longValue() <= now + CLOCK_SKEW_SECONDS;
  }

  private static void requireScope(StrictJwt token, String scope) {
    List<String> granted = Scope.split(token.claims().path("scope").asText(""));
    if (granted == null || !granted.contains(scope)) {
      throw Problem.of(403, "insufficient-scope", "Forbidden", "The scope " + scope + " is needed.")
          .header(
              "WWW-Authenticate",
              CHALLENGE + ", error=\"insufficient_scope\", scope=\"" + scope + "\"")
          .exception();
    }
  }

  private static ProblemException refused(int status, String error, String detail) {
    String title = status == 400 ? "Bad request" : "Unauthenticated";
    return Problem.of(status, error.replace('_', '-'), title, detail)
        .header(
            "WWW-Authenticate",
            CHALLENGE + ", error=\"" + error + "\", error_description=\"" + detail + "\"")
        .exception();
  }
}
