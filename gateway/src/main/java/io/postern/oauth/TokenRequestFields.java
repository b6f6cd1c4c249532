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
    return switch (ParsedCredentials.of(
        authorization, clientId, clientSecret, assertion, assertionType)) {
      case Refusal refusal -> new MalformedTokenRequest(refusal);
      case ClientCredentials credentials -> with(known, credentials);
    };
  }

  private TokenRequest with(GrantType known, ClientCredentials credentials) {
    return switch (known) {
      case CLIENT_CREDENTIALS ->
          new ClientCredentialsRequest(
              credentials, find(Parameter.SCOPE), find(Parameter.AUDIENCE), resources);
    };
  }
}
