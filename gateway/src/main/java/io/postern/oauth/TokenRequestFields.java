package io.postern.oauth;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The parameters of a token request while they are collected, and what they make: how the client
 * authenticates, and a request of the grant type that they name.
 */
final class TokenRequestFields {
  private static final String JWT_BEARER = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
  private static final List<String> GUARDED_PREFIXES = List.of("scope", "audience", "resource");

  private final Map<Parameter, String> values = new EnumMap<>(Parameter.class);
  private Set<String> unknown = Set.of();
  private List<String> resources = List.of();

  // "scopes=" ignored, with "no scope means everything", would turn a slip into the widest token.
  static boolean isMisspelt(String unknownName) {
    String name = unknownName.toLowerCase(Locale.ROOT);
    return GUARDED_PREFIXES.stream().anyMatch(name::startsWith);
  }

  /** Takes the parameter at which the decoder stands; answers what is wrong with it, or null. */
  @Nullable Refusal take(FormDecoder decoder) {
    Parameter parameter = decoder.plainParameter();
    if (parameter == null) {
      String name = decoder.name();
      parameter = name == null ? null : Parameter.find(name);
      if (parameter == null) {
        return name == null ? Refusal.MALFORMED_BODY : takeUnknown(name, decoder.value());
      }
    }
    String value = decoder.value();
    if (value == null) {
      return Refusal.MALFORMED_BODY;
    }
    if (parameter == Parameter.RESOURCE) {
      addResource(value);
      return null;
    }
    // RFC 6749 §3.2: parameters must not be included more than once; RFC 8707 §2: but resource
    return values.put(parameter, value) == null ? null : Refusal.REPEATED_PARAMETER;
  }

  private void addResource(String value) {
    if (!value.isEmpty()) {
      resources = resources.isEmpty() ? new ArrayList<>(1) : resources;
      resources.add(value);
    }
  }

  private @Nullable Refusal takeUnknown(String name, @Nullable String value) {
    if (value == null) {
      return Refusal.MALFORMED_BODY;
    }
    unknown = unknown.isEmpty() ? new HashSet<>() : unknown;
    if (!unknown.add(name)) {
      return Refusal.REPEATED_PARAMETER;
    }
    return isMisspelt(name) ? Refusal.MISSPELT_PARAMETER : null;
  }

  // RFC 6749 §3.2: sent without a value is treated as omitted
  private @Nullable String find(Parameter parameter) {
    String value = values.get(parameter);
    return value == null || value.isEmpty() ? null : value;
  }

  ParsedTokenRequest toRequest(@Nullable String authorization) {
    String grantType = find(Parameter.GRANT_TYPE);
    String clientId = find(Parameter.CLIENT_ID);
    String clientSecret = find(Parameter.CLIENT_SECRET);
    String assertion = find(Parameter.CLIENT_ASSERTION);
    String assertionType = find(Parameter.CLIENT_ASSERTION_TYPE);
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
    return switch (known) {
      case CLIENT_CREDENTIALS ->
          new ClientCredentialsRequest(
              credentials, find(Parameter.SCOPE), find(Parameter.AUDIENCE), resources);
    };
  }
}
