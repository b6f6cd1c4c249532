package io.postern.decision;

import io.postern.jose.SignatureAlgorithm;
import io.postern.oauth.AuthenticationMethod;
import io.postern.oauth.Refusal;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What was decided about one token request. It holds no secret, no assertion and no token.
 *
 * <p>What comes from the request is a stranger's text unless the client is authenticated. Every
 * text has a longest form: a longer one is cut there and ends in {@code …}, one character more,
 * which no other text has there. So an event takes some kilobytes at most.
 *
 * @param time when the request was there
 * @param decisionId unique; the answer has it in its header
 * @param clientId who asks or, unless authenticated, who the request says it is; null if it says
 *     nothing that could be read
 * @param authenticated whether the client is who it says
 * @param method how the client authenticates, or tries to; null if that could not be read
 * @param audienceAsked the audience that the request names, or else its first resource (RFC 8707),
 *     as sent
 * @param scopeAsked the request's {@code scope} as sent
 * @param source the address that the request comes from
 * @param latencyNanos from when the whole request was there until its answer was written
 * @param revision the index's that it was decided by
 * @param traceId of the trace that the request belongs to if that is recorded, 32 hexadecimal
 *     digits
 */
public record DecisionEvent(
    Instant time,
    String decisionId,
    Result result,
    @Nullable String clientId,
    boolean authenticated,
    @Nullable AuthenticationMethod method,
    @Nullable String audienceAsked,
    @Nullable String scopeAsked,
    String source,
    long latencyNanos,
    long revision,
    @Nullable String traceId) {

  private static final int LONGEST_NAME = 255;
  private static final int LONGEST_SCOPE_ASKED = 1024;
  private static final int LONGEST_SCOPE_GIVEN = 4096;

  /** How it ended. */
  public sealed interface Result {

    /**
     * A token was issued.
     *
     * @param audience the token's
     * @param scope the token's
     * @param expiresAt the token's, seconds since the epoch
     * @param tokenBytes how long the token is
     */
    record Issued(
        String audience,
        String scope,
        SignatureAlgorithm algorithm,
        String kid,
        String jti,
        long expiresAt,
        int tokenBytes)
        implements Result {

      /**
       * The longest token that fits into an {@code Authorization} line of 8 kB, which is what most
       * servers take.
       */
      public static final int LONGEST_FIT_TOKEN = 8000;

      public Issued {
        scope = cut(scope, LONGEST_SCOPE_GIVEN);
      }

      /** Whether many servers will not take the token. */
      public boolean isOversized() {
        return tokenBytes > LONGEST_FIT_TOKEN;
      }
    }

    /** No token was issued. */
    record Refused(Refusal reason) implements Result {}
  }

  public DecisionEvent {
    clientId = cutOrNull(clientId, LONGEST_NAME);
    audienceAsked = cutOrNull(audienceAsked, LONGEST_NAME);
    scopeAsked = cutOrNull(scopeAsked, LONGEST_SCOPE_ASKED);
  }

  private static @Nullable String cutOrNull(@Nullable String text, int longest) {
    return text == null ? null : cut(text, longest);
  }

  private static String cut(String text, int longest) {
    if (text.length() <= longest) {
      return text;
    }
    // half a surrogate pair is no character
    int end = Character.isHighSurrogate(text.charAt(longest - 1)) ? longest - 1 : longest;
    return text.substring(0, end) + '…';
  }
}
