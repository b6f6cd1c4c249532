package io.postern.decision;

import io.postern.jose.SignatureAlgorithm;
import io.postern.oauth.AuthenticationMethod;
import io.postern.oauth.InactiveReason;
import io.postern.oauth.RefusalReason;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What was decided about one request for a token, about a token, or for a hosted credential. It
 * holds no secret, no assertion, no token and no value.
 *
 * <p>What comes from the request is a stranger's text unless the client is authenticated. Every
 * text has a longest form: a longer one is cut there and ends in {@code …}, one character more,
 * which no other text has there. So an event takes some kilobytes at most.
 *
 * @param time when the request was there
 * @param decisionId unique; the answer has it in its header
 * @param operation what was asked for
 * @param clientId who asks or, unless authenticated, who the request says it is; null if it says
 *     nothing that could be read
 * @param authenticated whether the client is who it says
 * @param method how the client authenticates, or tries to; null if that could not be read
 * @param audienceAsked the audience that the request names, or else its first resource (RFC 8707),
 *     as sent
 * @param scopeAsked the request's {@code scope} as sent
 * @param credentialAsked the identifier of the hosted credential that the request names
 * @param source the address that the request comes from
 * @param latencyNanos from when the whole request was there until its answer was written
 * @param revision the index's that it was decided by
 * @param traceId of the trace that the request belongs to if that is recorded, 32 hexadecimal
 *     digits
 */
public record DecisionEvent(
    Instant time,
    String decisionId,
    Operation operation,
    Result result,
    @Nullable String clientId,
    boolean authenticated,
    @Nullable AuthenticationMethod method,
    @Nullable String audienceAsked,
    @Nullable String scopeAsked,
    @Nullable String credentialAsked,
    String source,
    long latencyNanos,
    long revision,
    @Nullable String traceId) {

  private static final int LONGEST_NAME = 255;
  private static final int LONGEST_SCOPE_ASKED = 1024;
  private static final int LONGEST_SCOPE_GIVEN = 4096;
  private static final int LONGEST_METHOD = 20;

  /** What may be asked for. */
  public enum Operation {
    /** A token, at the token endpoint. */
    TOKEN,
    /** The value of a hosted credential, at the vault. */
    OBTAIN,
    /** A call with a hosted credential, through the relay. */
    RELAY,
    /** What a token is, at the introspection endpoint. */
    INTROSPECT,
    /** The end of a token, at the revocation endpoint. */
    REVOKE;

    private final String label = name().toLowerCase(Locale.ROOT);

    /** The name in metrics and in the decision log. */
    public String label() {
      return label;
    }
  }

  /**
   * A token of ours that a request presents; the token itself is not held.
   *
   * @param clientId whom it was issued to
   * @param expiresAt seconds since the epoch
   */
  public record Presented(
      String clientId, String audience, String scope, String jti, long expiresAt) {
    public Presented {
      clientId = cut(clientId, LONGEST_NAME);
      audience = cut(audience, LONGEST_NAME);
      scope = cut(scope, LONGEST_SCOPE_GIVEN);
      jti = cut(jti, LONGEST_NAME);
    }
  }

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

    /**
     * The value of a hosted credential was handed to the agent.
     *
     * @param keyId what the provider calls it
     */
    record Obtained(String credentialId, @Nullable String keyId) implements Result {}

    /**
     * A call was relayed, and its answer handed over.
     *
     * @param httpMethod the call's
     * @param status the target's
     * @param requestBytes of the body, as far as it was sent
     * @param responseBytes of the body, as far as it was handed over
     * @param inputTokens of a language model, as its answer counts them; -1 where it does not
     */
    record Relayed(
        String credentialId,
        String httpMethod,
        int status,
        long requestBytes,
        long responseBytes,
        long inputTokens,
        long outputTokens)
        implements Result {

      /** The tokens of an answer that counts none. */
      public static final long NO_TOKENS = -1;

      public Relayed {
        httpMethod = cut(httpMethod, LONGEST_METHOD);
      }
    }

    /**
     * The caller was told what a token is.
     *
     * @param inactive why it was told that it is not active; null when it is
     * @param token null when it is none of ours
     */
    record Introspected(@Nullable InactiveReason inactive, @Nullable Presented token)
        implements Result {}

    /**
     * A token has ended.
     *
     * @param inactive why there was nothing to end; null when there was
     * @param token null when it is none of ours
     */
    record Revoked(@Nullable InactiveReason inactive, @Nullable Presented token)
        implements Result {}

    /**
     * The request was refused, or a relayed call broken off.
     *
     * @param brokenOff what had gone through of a call whose answer had begun; null for all others
     */
    record Refused(RefusalReason reason, @Nullable Relayed brokenOff) implements Result {
      /** A request that was refused before anything had gone through. */
      public Refused(RefusalReason reason) {
        this(reason, null);
      }
    }

    /** What has gone through the relay, whole or not; null if nothing has. */
    default @Nullable Relayed relayed() {
      return switch (this) {
        case Relayed whole -> whole;
        case Refused refused -> refused.brokenOff();
        case Issued ignored -> null;
        case Obtained ignored -> null;
        case Introspected ignored -> null;
        case Revoked ignored -> null;
      };
    }

    /** Why a presented token was not active; null for an active one, and for all that is none. */
    default @Nullable InactiveReason inactive() {
      return switch (this) {
        case Introspected introspected -> introspected.inactive();
        case Revoked revoked -> revoked.inactive();
        case Issued ignored -> null;
        case Obtained ignored -> null;
        case Relayed ignored -> null;
        case Refused ignored -> null;
      };
    }

    /** The token of ours that was presented; null if none was. */
    default @Nullable Presented presented() {
      return switch (this) {
        case Introspected introspected -> introspected.token();
        case Revoked revoked -> revoked.token();
        case Issued ignored -> null;
        case Obtained ignored -> null;
        case Relayed ignored -> null;
        case Refused ignored -> null;
      };
    }

    /** What the outcome is called in metrics and in the decision log. */
    default String outcome() {
      return switch (this) {
        case Issued ignored -> "issued";
        case Obtained ignored -> "obtained";
        case Relayed ignored -> "relayed";
        case Introspected ignored -> "introspected";
        case Revoked ignored -> "revoked";
        case Refused ignored -> "refused";
      };
    }
  }

  public DecisionEvent {
    clientId = cutOrNull(clientId, LONGEST_NAME);
    audienceAsked = cutOrNull(audienceAsked, LONGEST_NAME);
    scopeAsked = cutOrNull(scopeAsked, LONGEST_SCOPE_ASKED);
    credentialAsked = cutOrNull(credentialAsked, LONGEST_NAME);
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
