package io.postern.oauth;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A well-formed request about one token: for its introspection (RFC 7662 §2.1) or its revocation
 * (RFC 7009 §2.1), which have the same parameters. Nothing in it has been checked.
 *
 * @param credentials who asks, by what proof
 * @param token as sent; any text
 * @param typeHint {@code token_type_hint} as sent, or null; of no consequence, as a token says
 *     itself what it is (RFC 7662 §2.1, RFC 7009 §2.1: the server may ignore it)
 */
public record PresentedToken(ClientCredentials credentials, String token, @Nullable String typeHint)
    implements ParsedPresentation {

  private static final String TOKEN = "token";
  private static final String TYPE_HINT = "token_type_hint";
  private static final String CLIENT_ID = "client_id";
  private static final String CLIENT_SECRET = "client_secret";
  private static final String ASSERTION = "client_assertion";
  private static final String ASSERTION_TYPE = "client_assertion_type";
  private static final Set<String> PARAMETERS =
      Set.of(TOKEN, TYPE_HINT, CLIENT_ID, CLIENT_SECRET, ASSERTION, ASSERTION_TYPE);

  @Override
  public String toString() {
    return "PresentedToken[credentials=" + credentials + ", token=<redacted>]";
  }

  /**
   * Reads a request from its form and its Authorization header, as strictly as the token endpoint
   * does.
   *
   * @param form the body's bytes, {@code application/x-www-form-urlencoded}
   * @param authorization the value of the Authorization header, or null
   */
  public static ParsedPresentation parse(byte[] form, @Nullable String authorization) {
    FormDecoder decoder = new FormDecoder(form);
    Map<String, String> values = new HashMap<>();
    for (int count = 1; decoder.next(); count++) {
      if (count > TokenRequest.MAX_PARAMETERS) {
        return new MalformedTokenRequest(Refusal.TOO_MANY_PARAMETERS);
      }
      String name = decoder.name();
      String value = decoder.value();
      if (name == null || value == null) {
        return new MalformedTokenRequest(Refusal.MALFORMED_BODY);
      }
      // RFC 6749 §3.2: parameters must not be included more than once
      if (values.put(name, value) != null) {
        return new MalformedTokenRequest(Refusal.REPEATED_PARAMETER);
      }
    }
    String token = find(values, TOKEN);
    if (token == null) {
      return new MalformedTokenRequest(Refusal.MISSING_TOKEN);
    }
    return switch (ParsedCredentials.of(
        authorization,
        find(values, CLIENT_ID),
        find(values, CLIENT_SECRET),
        find(values, ASSERTION),
        find(values, ASSERTION_TYPE))) {
      case Refusal refusal -> new MalformedTokenRequest(refusal);
      case ClientCredentials credentials ->
          new PresentedToken(credentials, token, find(values, TYPE_HINT));
    };
  }

  /** Whether a parameter of that name means something to these endpoints. */
  public static boolean isParameter(String name) {
    return PARAMETERS.contains(name);
  }

  // RFC 6749 §3.2: sent without a value is treated as omitted
  private static @Nullable String find(Map<String, String> values, String name) {
    String value = values.get(name);
    return value == null || value.isEmpty() ? null : value;
  }
}
