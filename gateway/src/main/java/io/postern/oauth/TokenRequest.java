package io.postern.oauth;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A well-formed token request (RFC 6749 §4.4.2, RFC 8707 §2, RFC 7523 §2.2). Nothing in it has been
 * checked against the registry.
 *
 * @param scope the scope parameter as sent, or null when it was omitted
 * @param audience the audience parameter as sent, or null
 * @param resources the resource parameters as sent, in their order
 */
public record TokenRequest(
    GrantType grantType,
    ClientCredentials credentials,
    @Nullable String scope,
    @Nullable String audience,
    List<String> resources)
    implements ParsedTokenRequest {

  /** The most parameters that a request may have. */
  public static final int MAX_PARAMETERS = 64;

  private static final String JWT_BEARER = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
  private static final List<String> GUARDED_PREFIXES = List.of("scope", "audience", "resource");

  public TokenRequest {
    resources = List.copyOf(resources);
  }

  /**
   * Reads a request from its form and its Authorization header.
   *
   * @param form the body's bytes, {@code application/x-www-form-urlencoded}
   * @param authorization the value of the Authorization header, or null
   */
  public static ParsedTokenRequest parse(byte[] form, @Nullable String authorization) {
    List<FormDecoder.Parameter> parameters = FormDecoder.parameters(form);
    if (parameters == null) {
      return new MalformedTokenRequest(Refusal.MALFORMED_BODY);
    }
    if (parameters.size() > MAX_PARAMETERS) {
      return new MalformedTokenRequest(Refusal.TOO_MANY_PARAMETERS);
    }
    Fields fields = new Fields();
    Set<String> seen = HashSet.newHashSet(parameters.size());
    for (FormDecoder.Parameter parameter : parameters) {
      // RFC 6749 §3.2: parameters must not be included more than once; RFC 8707 §2: but resource
      if (!seen.add(parameter.name()) && !parameter.name().equals("resource")) {
        return new MalformedTokenRequest(Refusal.REPEATED_PARAMETER);
      }
      if (!fields.take(parameter) && isMisspelt(parameter.name())) {
        return new MalformedTokenRequest(Refusal.MISSPELT_PARAMETER);
      }
    }
    return fields.toRequest(authorization);
  }

  /** Whether a parameter of that name means something to the token endpoint, or nearly does. */
  public static boolean isParameter(String name) {
    return isMisspelt(name) || new Fields().take(new FormDecoder.Parameter(name, ""));
  }

  // "scopes=" ignored, with "no scope means everything", would turn a slip into the widest token.
  private static boolean isMisspelt(String unknownName) {
    String name = unknownName.toLowerCase(Locale.ROOT);
    return GUARDED_PREFIXES.stream().anyMatch(name::startsWith);
  }

  /** The known parameters while they are collected; null is omitted. */
  private static final class Fields {
    private @Nullable String grantType;
    private @Nullable String clientId;
    private @Nullable String clientSecret;
    private @Nullable String assertionType;
    private @Nullable String assertion;
    private @Nullable String scope;
    private @Nullable String audience;
    private List<String> resources = List.of();

    /** Takes a known parameter; false for an unknown one. */
    boolean take(FormDecoder.Parameter parameter) {
      // RFC 6749 §3.2: sent without a value is treated as omitted
      String value = parameter.value().isEmpty() ? null : parameter.value();
      switch (parameter.name()) {
        case "grant_type" -> grantType = value;
        case "client_id" -> clientId = value;
        case "client_secret" -> clientSecret = value;
        case "client_assertion_type" -> assertionType = value;
        case "client_assertion" -> assertion = value;
        case "scope" -> scope = value;
        case "audience" -> audience = value;
        case "resource" -> {
          if (value != null) {
            resources = append(resources, value);
          }
        }
        default -> {
          return false;
        }
      }
      return true;
    }

    ParsedTokenRequest toRequest(@Nullable String authorization) {
      if (grantType == null) {
        return new MalformedTokenRequest(Refusal.MISSING_GRANT_TYPE);
      }
      GrantType known = GrantType.find(grantType);
      if (known == null) {
        return new MalformedTokenRequest(Refusal.UNKNOWN_GRANT_TYPE);
      }
      boolean hasAssertion = assertion != null || assertionType != null;
      int methods =
          (authorization != null ? 1 : 0) + (clientSecret != null ? 1 : 0) + (hasAssertion ? 1 : 0);
      // RFC 6749 §2.3: the client must not use more than one authentication method in a request
      if (methods > 1) {
        return new MalformedTokenRequest(Refusal.SEVERAL_AUTHENTICATION_METHODS);
      }
      if (authorization != null) {
        ClientCredentials.Secret basic = ClientCredentials.parseBasic(authorization);
        if (basic == null) {
          return new MalformedTokenRequest(Refusal.MALFORMED_CREDENTIALS);
        }
        if (clientId != null && !clientId.equals(basic.clientId())) {
          return new MalformedTokenRequest(Refusal.CLIENT_ID_MISMATCH);
        }
        return with(known, basic);
      }
      if (clientSecret != null) {
        return clientId == null
            ? new MalformedTokenRequest(Refusal.MALFORMED_CREDENTIALS)
            : with(
                known,
                new ClientCredentials.Secret(
                    AuthenticationMethod.CLIENT_SECRET_POST, clientId, clientSecret));
      }
      if (hasAssertion) {
        // RFC 7521 §4.2: the type is required and says how to read the assertion
        return assertion == null || !JWT_BEARER.equals(assertionType)
            ? new MalformedTokenRequest(Refusal.ASSERTION_TYPE)
            : with(known, new ClientCredentials.Assertion(clientId, assertion));
      }
      return new MalformedTokenRequest(Refusal.NO_CREDENTIALS);
    }

    private TokenRequest with(GrantType known, ClientCredentials credentials) {
      return new TokenRequest(known, credentials, scope, audience, resources);
    }

    private static List<String> append(List<String> list, String element) {
      List<String> longer = new ArrayList<>(list);
      longer.add(element);
      return longer;
    }
  }
}
