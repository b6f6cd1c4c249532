package io.postern.verifier;

import com.nimbusds.jwt.JWTClaimsSet;
import java.text.ParseException;
import java.util.ArrayList;
import java.util.Date;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The claims of an access token, read but not judged.
 *
 * @param notBefore {@code nbf}, seconds since the epoch; that of {@code iat} when there is none
 * @param bound whether only the holder of a key may use it (RFC 7800 {@code cnf})
 */
record TokenClaims(
    VerifiedToken token, TokenIds ids, String issuer, long notBefore, boolean bound) {
  private static final int LONGEST_CHAIN = 32;

  /**
   * Reads the claims.
   *
   * @param kid of the token's header
   * @throws ParseException when one is of the wrong type, or missing (RFC 9068 §2.2)
   */
  static TokenClaims of(JWTClaimsSet claims, String kid) throws ParseException {
    List<String> audiences = claims.getAudience();
    if (audiences.isEmpty() || audiences.stream().anyMatch(Objects::isNull)) {
      throw missing("aud");
    }
    String clientId = require(claims, "client_id");
    String subject = require(claims, "sub");
    String jti = require(claims, "jti");
    Date issuedAt = requireTime(claims, "iat");
    Date expiresAt = requireTime(claims, "exp");
    Date notBefore = claims.getNotBeforeTime();
    List<Actor> actors = actors(claims.getJSONObjectClaim("act"));
    VerifiedToken token =
        new VerifiedToken(
            clientId,
            subject,
            audiences,
            scopes(claims.getStringClaim("scope")),
            issuedAt.toInstant(),
            expiresAt.toInstant(),
            jti,
            actors,
            claims.toJSONObject());
    long second = token.issuedAt().getEpochSecond();
    TokenIds ids =
        new TokenIds(
            kid,
            tokens(jti, claims.getListClaim("ancestors")),
            clients(clientId, actors),
            audiences,
            subject,
            claims.getStringClaim("sid"),
            claims.getStringClaim("family"),
            second);
    return new TokenClaims(
        token,
        ids,
        require(claims, "iss"),
        notBefore == null ? second : notBefore.toInstant().getEpochSecond(),
        claims.getClaim("cnf") != null);
  }

  private static String require(JWTClaimsSet claims, String name) throws ParseException {
    String value = claims.getStringClaim(name);
    if (value == null) {
      throw missing(name);
    }
    return value;
  }

  private static Date requireTime(JWTClaimsSet claims, String name) throws ParseException {
    Date value = claims.getDateClaim(name);
    if (value == null) {
      throw missing(name);
    }
    return value;
  }

  private static ParseException missing(String name) {
    return new ParseException(name + " is missing", 0);
  }

  // RFC 6749 §3.3: separated by spaces
  private static Set<String> scopes(@Nullable String scope) {
    Set<String> scopes = new LinkedHashSet<>();
    if (scope != null) {
      for (String value : scope.split(" ", -1)) {
        if (!value.isEmpty()) {
          scopes.add(value);
        }
      }
    }
    return scopes;
  }

  // RFC 8693 §4.1: each act may have one inside it
  private static List<Actor> actors(@Nullable Map<?, ?> act) throws ParseException {
    List<Actor> actors = new ArrayList<>();
    Object next = act;
    while (next != null) {
      if (!(next instanceof Map<?, ?> actor) || actors.size() == LONGEST_CHAIN) {
        throw new ParseException("act is malformed", 0);
      }
      actors.add(new Actor(text(actor.get("sub")), text(actor.get("client_id"))));
      next = actor.get("act");
    }
    return actors;
  }

  private static @Nullable String text(@Nullable Object member) throws ParseException {
    if (member == null || member instanceof String) {
      return (String) member;
    }
    throw new ParseException("act is malformed", 0);
  }

  private static List<String> tokens(String jti, @Nullable List<?> ancestors)
      throws ParseException {
    List<String> tokens = new ArrayList<>();
    tokens.add(jti);
    if (ancestors != null) {
      for (Object ancestor : ancestors) {
        if (!(ancestor instanceof String name)) {
          throw new ParseException("ancestors is malformed", 0);
        }
        tokens.add(name);
      }
    }
    return tokens;
  }

  private static Set<String> clients(String clientId, List<Actor> actors) {
    Set<String> clients = new LinkedHashSet<>();
    clients.add(clientId);
    for (Actor actor : actors) {
      if (actor.subject() != null) {
        clients.add(actor.subject());
      }
      if (actor.clientId() != null) {
        clients.add(actor.clientId());
      }
    }
    return clients;
  }
}
