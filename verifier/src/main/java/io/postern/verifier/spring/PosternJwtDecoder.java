package io.postern.verifier.spring;

import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jwt.SignedJWT;
import io.postern.verifier.PosternVerifier;
import io.postern.verifier.Reason;
import io.postern.verifier.Verification;
import java.text.ParseException;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.security.oauth2.jwt.BadJwtException;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.jwt.JwtException;
import org.springframework.security.oauth2.jwt.MappedJwtClaimSetConverter;

/**
 * What {@code oauth2ResourceServer(server -> server.jwt(jwt -> jwt.decoder(…)))} takes: all is
 * verified here, and Spring makes authorities like {@code SCOPE_customers:read} of the {@code
 * scope} claim. Thread-safe.
 *
 * <p>A token that is refused is a {@link BadJwtException}, which Spring answers with 401; when keys
 * or lines are unknown it is another {@link JwtException}, which is not the caller's fault.
 *
 * <p>A token that is bound to a key by DPoP ({@code jkt}) is decoded: Spring refuses it when it
 * comes as a bearer token, and asks for the proof when it does not. One that is bound in another
 * way is refused here, as nobody else looks at it.
 */
public final class PosternJwtDecoder implements JwtDecoder {
  private static final MappedJwtClaimSetConverter CLAIMS =
      MappedJwtClaimSetConverter.withDefaults(Map.of());

  private final PosternVerifier verifier;

  /** A decoder by that verifier, which it does not close. */
  public PosternJwtDecoder(PosternVerifier verifier) {
    this.verifier = verifier;
  }

  /** The token, if it counts. Waits only while its key is not known. */
  @Override
  public Jwt decode(String token) {
    Verification verification = verifier.verifyBlocking(token);
    if (verification instanceof Verification.Valid valid) {
      if (isBoundUnseen(valid.token().claims().get("cnf"))) {
        throw refusal(Reason.SENDER_CONSTRAINED);
      }
      return Jwt.withTokenValue(token)
          .headers(headers -> headers.putAll(header(token).toJSONObject()))
          .claims(claims -> claims.putAll(CLAIMS.convert(valid.token().claims())))
          .build();
    }
    throw refusal(((Verification.Refused) verification).reason());
  }

  // RFC 7800 §3.1; of its members Spring looks at jkt (RFC 9449 §6.1) alone
  private static boolean isBoundUnseen(@Nullable Object confirmation) {
    return confirmation != null
        && !(confirmation instanceof Map<?, ?> members && members.keySet().equals(Set.of("jkt")));
  }

  private static JWSHeader header(String token) {
    try {
      return SignedJWT.parse(token).getHeader();
    } catch (ParseException e) {
      throw new IllegalStateException("a verified token can be parsed", e);
    }
  }

  private static JwtException refusal(Reason reason) {
    String message = "the token is refused: " + reason;
    return reason == Reason.KEYS_UNKNOWN || reason == Reason.LINES_UNKNOWN
        ? new JwtException(message)
        : new BadJwtException(message);
  }
}
