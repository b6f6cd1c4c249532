package io.postern.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.postern.crypto.CryptoProvider;
import io.postern.jose.DecoyKeys;
import io.postern.jose.JwsVerifier;
import io.postern.jose.SignatureAlgorithm;
import io.postern.jose.StrictJwt;
import io.postern.oauth.ClientCredentials;
import io.postern.oauth.Refusal;
import java.security.PublicKey;
import java.time.Instant;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Verifies the assertions of {@code private_key_jwt} (RFC 7523 §3, OIDC Core §9, RFC 8725), all but
 * their single use. Confined to one thread.
 */
public final class AssertionVerifier {
  /** The longest {@code jti}, in characters. */
  public static final int MAX_JTI_LENGTH = 256;

  // Native keys: making one is quick, but the collector has to see to the end of each.
  private static final int DECODED_KEYS = 16_384;

  private static final Set<String> TYPES = Set.of("jwt", "client-authentication+jwt");

  /** What the verification gives. */
  sealed interface Verification {
    /** Signed by the client with that key and fit for this server; to be used up now. */
    record Verified(RegisteredClient client, String kid, AssertionUse use)
        implements Verification {}

    /**
     * Not accepted.
     *
     * @param claimedClientId the subject, a stranger's text; null if it was not read
     */
    record Failed(Refusal refusal, @Nullable String claimedClientId) implements Verification {}
  }

  private final AssertionRules rules;
  private final CryptoProvider provider;
  private final JwsVerifier signatures;
  private final DecoyKeys decoys;
  private final Cache<ClientKey, PublicKey> decoded =
      Caffeine.newBuilder().maximumSize(DECODED_KEYS).executor(Runnable::run).build();

  public AssertionVerifier(AssertionRules rules, CryptoProvider provider, DecoyKeys decoys) {
    this.rules = rules;
    this.provider = provider;
    this.signatures = new JwsVerifier(provider);
    this.decoys = decoys;
  }

  Verification verify(ClientCredentials.Assertion assertion, ClientDirectory clients, Instant now) {
    StrictJwt jwt = StrictJwt.parse(assertion.jwt());
    if (jwt == null) {
      return new Verification.Failed(Refusal.ASSERTION_MALFORMED, null);
    }
    ObjectNode header = jwt.header();
    if (!hasKnownType(header)
        // RFC 7515 §4.1.11: no extension is understood here
        || header.has("crit")
        // RFC 7797 §7: the claims of a JWT are encoded; without crit, false would go unnoticed
        || header.has("b64")
        || !hasTextOrNothing(header, "kid")) {
      return new Verification.Failed(Refusal.ASSERTION_HEADER, null);
    }
    // RFC 8725 §3.1: the algorithms are ours to choose, not the sender's
    SignatureAlgorithm algorithm = SignatureAlgorithm.find(header.path("alg").asText(""));
    if (algorithm == null || !header.path("alg").isTextual()) {
      return new Verification.Failed(Refusal.ASSERTION_ALGORITHM, null);
    }
    String clientId = subject(jwt.claims());
    // RFC 7521 §4.2: a client_id beside the assertion must name the same client
    if (clientId == null
        || (assertion.clientId() != null && !assertion.clientId().equals(clientId))) {
      return new Verification.Failed(Refusal.ASSERTION_SUBJECT, clientId);
    }
    RegisteredClient client = clients.findClient(clientId);
    ClientKey key = client == null ? null : findKey(client, header, algorithm, now);
    if (client == null || key == null) {
      // as long as a wrong signature takes, so that time does not tell which clients exist
      signatures.verify(jwt, algorithm, decoys.get(algorithm.keyType()));
      return new Verification.Failed(
          client == null ? Refusal.UNKNOWN_CLIENT : Refusal.ASSERTION_KEY, clientId);
    }
    if (!signatures.verify(jwt, algorithm, decoded.get(key, this::decode))) {
      return new Verification.Failed(Refusal.ASSERTION_SIGNATURE, clientId);
    }
    return client.active()
        ? verifyClaims(client, key.kid(), jwt.claims(), now)
        : new Verification.Failed(Refusal.DISABLED_CLIENT, clientId);
  }

  private PublicKey decode(ClientKey key) {
    return key.decode(provider);
  }

  // RFC 8725 §3.11: other kinds of JWT do not pass for an assertion
  private static boolean hasKnownType(ObjectNode header) {
    if (!header.has("typ")) {
      return true;
    }
    String type = header.path("typ").asText("").toLowerCase(Locale.ROOT);
    // RFC 7515 §4.1.9: "application/" may be left out
    return TYPES.contains(
        type.startsWith("application/") ? type.substring("application/".length()) : type);
  }

  private static boolean hasTextOrNothing(ObjectNode object, String member) {
    return !object.has(member) || object.path(member).isTextual();
  }

  // RFC 7523 §3: iss and sub are both the client_id
  private static @Nullable String subject(ObjectNode claims) {
    JsonNode subject = claims.path("sub");
    return subject.isTextual() && subject.equals(claims.path("iss")) ? subject.textValue() : null;
  }

  // Neither jku nor jwk, x5u or x5c is ever looked at: a key is trusted because it is registered.
  private static @Nullable ClientKey findKey(
      RegisteredClient client, ObjectNode header, SignatureAlgorithm algorithm, Instant now) {
    JsonNode kid = header.get("kid");
    ClientKey found = null;
    for (ClientKey key : client.keys()) {
      if (!key.isLive(now) || !key.fits(algorithm)) {
        continue;
      }
      if (kid != null) {
        if (key.kid().equals(kid.textValue())) {
          return key;
        }
      } else if (found != null) {
        return null;
      } else {
        found = key;
      }
    }
    return found;
  }

  private Verification verifyClaims(
      RegisteredClient client, String kid, ObjectNode claims, Instant now) {
    if (!isForUs(client, claims.path("aud"))) {
      return new Verification.Failed(Refusal.ASSERTION_AUDIENCE, client.clientId());
    }
    Life life = life(claims, now);
    if (life == null) {
      return new Verification.Failed(Refusal.ASSERTION_TIME, client.clientId());
    }
    JsonNode jti = claims.path("jti");
    if (!jti.isTextual()
        || jti.textValue().isEmpty()
        || jti.textValue().length() > MAX_JTI_LENGTH) {
      return new Verification.Failed(Refusal.ASSERTION_JTI, client.clientId());
    }
    return new Verification.Verified(
        client, kid, new AssertionUse(client.clientId(), jti.textValue(), life.end, life.start));
  }

  // rfc7523bis §3: the issuer identifier as the sole value, compared without normalization
  private boolean isForUs(RegisteredClient client, JsonNode aud) {
    JsonNode sole = aud.isArray() && aud.size() == 1 ? aud.path(0) : aud;
    if (!sole.isTextual()) {
      return false;
    }
    return switch (client.assertionAudience()) {
      case ISSUER -> sole.textValue().equals(rules.issuer());
      case ISSUER_OR_TOKEN_ENDPOINT ->
          sole.textValue().equals(rules.issuer()) || rules.endpoints().contains(sole.textValue());
    };
  }

  /** The time in which an assertion is accepted, the skew included: from start until end. */
  private record Life(Instant start, Instant end) {}

  /**
   * The assertion's life. It ends at {@code exp}, or {@code maxAge} after {@code iat}, whichever is
   * earlier. Null when it is over, or has not begun, or the claims say nothing usable.
   */
  private @Nullable Life life(ObjectNode claims, Instant now) {
    if (!isTimeOrNothing(claims, "iat") || !isTimeOrNothing(claims, "nbf")) {
      return null;
    }
    // RFC 7523 §3: the assertion must carry exp
    Instant exp = time(claims, "exp");
    Instant iat = time(claims, "iat");
    Instant nbf = time(claims, "nbf");
    if (exp == null) {
      return null;
    }
    // without iat nothing else bounds how long its jti must be remembered
    Instant issued = iat == null ? exp.minus(rules.maxAge()) : iat;
    Instant oldest = issued.plus(rules.maxAge());
    Instant good = nbf != null && nbf.isAfter(issued) ? nbf : issued;
    Instant start = good.minus(rules.clockSkew());
    Instant end = (exp.isBefore(oldest) ? exp : oldest).plus(rules.clockSkew());
    return start.isAfter(now) || !end.isAfter(now) ? null : new Life(start, end);
  }

  private static boolean isTimeOrNothing(ObjectNode claims, String claim) {
    return !claims.has(claim) || time(claims, claim) != null;
  }

  // RFC 7519 §2, NumericDate: seconds, perhaps with a fraction
  private static @Nullable Instant time(ObjectNode claims, String claim) {
    JsonNode value = claims.path(claim);
    double seconds = value.doubleValue();
    // up to the year 9999; also refuses what is not a number
    return value.isNumber() && seconds >= 0 && seconds < 253_402_300_800.0
        ? Instant.ofEpochSecond((long) seconds)
        : null;
  }
}
