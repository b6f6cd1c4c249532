package io.postern.admin.protocol;

import io.postern.crypto.CryptoProvider;
import io.postern.grant.BuiltInAudience;
import io.postern.jose.AccessToken;
import io.postern.jose.AccessTokenVerifier;
import io.postern.jose.SigningKeys;
import io.vertx.core.http.HttpServerRequest;
import java.time.Clock;
import java.util.List;
import java.util.Locale;
import java.util.function.BiPredicate;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/**
 * Admits requests that carry an access token which this gateway issued for the admin API (RFC 6750,
 * RFC 9068 §4). Thread-safe.
 */
public final class AdminAuthenticator {
  /** The audience of the admin API's tokens. */
  public static final String AUDIENCE = BuiltInAudience.ADMIN;

  private static final String READ = "admin:read";
  private static final String WRITE = "admin:write";
  private static final String CHALLENGE = "Bearer realm=\"postern-admin\"";

  // RFC 6750 §2.1: b64token
  private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9._~+/-]+=*");

  private final CryptoProvider provider;
  private final Supplier<SigningKeys> signingKeys;
  private final BiPredicate<AccessToken, String> rights;
  private final String issuer;
  private final Clock clock;

  /**
   * @param signingKeys the keys as they are now
   * @param rights whether a good token still counts, and its client may have that scope on this API
   * @param issuer our issuer identifier
   */
  public AdminAuthenticator(
      CryptoProvider provider,
      Supplier<SigningKeys> signingKeys,
      BiPredicate<AccessToken, String> rights,
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
    String compact = bearerToken(request, tokenInQuery);
    SigningKeys keys = signingKeys.get();
    if (keys.all().isEmpty()) {
      // not a fault of the token
      throw Problem.of(503, "starting", "Starting", "The index is not loaded yet.")
          .header("Retry-After", "2")
          .exception();
    }
    // one for each request: it is confined to a thread
    AccessToken token =
        new AccessTokenVerifier(provider, issuer).verify(compact, keys, AUDIENCE, clock.instant());
    if (token == null) {
      throw refused(
          401, "invalid_token", "The access token is malformed, forged, expired or for another.");
    }
    String scope = reads ? READ : WRITE;
    requireScope(token, scope);
    // An administrator's token must not outlive its rights: it could make new ones.
    if (!rights.test(token, scope)) {
      throw refused(
          401, "invalid_token", "The token was ended, or its client no longer has its rights.");
    }
    return token.clientId();
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

  private static void requireScope(AccessToken token, String scope) {
    if (!token.hasScope(scope)) {
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
