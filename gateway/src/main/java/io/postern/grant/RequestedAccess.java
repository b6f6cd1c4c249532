package io.postern.grant;

import io.postern.oauth.Audience;
import io.postern.oauth.Refusal;
import io.postern.oauth.ResourceIdentifier;
import io.postern.oauth.Scope;
import io.postern.oauth.TokenRequest;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a request asks for, after all its ways to name an audience have been brought together: the
 * {@code audience} parameter, {@code resource} (RFC 8707 §2), and {@code audience|scope}.
 */
public sealed interface RequestedAccess {

  /** The most scope values in a request. */
  int MAX_SCOPES = 1024;

  /**
   * A request that makes sense.
   *
   * @param audience the audience that is named, or null when none is
   * @param byResource whether a {@code resource} alone names it, so that any spelling of that URI
   *     will do
   * @param scopes the scope values that are asked for on it, in the request's order and perhaps
   *     repeated, or null for all that is granted; not to be changed
   */
  record Access(@Nullable String audience, boolean byResource, @Nullable List<String> scopes)
      implements RequestedAccess {}

  /** A request that contradicts itself or the grammar. */
  record Unclear(Refusal refusal) implements RequestedAccess {}

  /** Reads what a request asks for. */
  static RequestedAccess of(TokenRequest request) {
    return of(request.scope(), request.audience(), request.resources());
  }

  /**
   * Reads what such parameters ask for.
   *
   * @param scope as sent, not empty, or null when it was omitted; the audience too
   */
  static RequestedAccess of(
      @Nullable String scope, @Nullable String namedAudience, List<String> resources) {
    String audience = namedAudience;
    for (String resource : resources) {
      if (!isAbsoluteWithoutFragment(resource)) {
        return new Unclear(Refusal.MALFORMED_TARGET);
      }
      if (audience == null) {
        audience = resource;
      } else if (!isSame(resource, audience)) {
        return new Unclear(Refusal.SEVERAL_TARGETS);
      }
    }
    boolean byResource = namedAudience == null && audience != null;
    return scope == null
        ? new Access(audience, byResource, null)
        : withScope(audience, byResource, scope);
  }

  private static RequestedAccess withScope(
      @Nullable String named, boolean namedByResource, String parameter) {
    List<String> tokens = Scope.split(parameter);
    if (tokens == null) {
      return new Unclear(Refusal.MALFORMED_SCOPE);
    }
    if (tokens.size() > MAX_SCOPES) {
      return new Unclear(Refusal.TOO_MANY_SCOPES);
    }
    String audience = named;
    boolean byResource = namedByResource;
    boolean all = false;
    List<String> values = new ArrayList<>(tokens.size());
    for (String token : tokens) {
      String value = token;
      int separator = token.indexOf(Audience.SEPARATOR);
      if (separator >= 0) {
        String prefix = token.substring(0, separator);
        value = token.substring(separator + 1);
        if (prefix.isEmpty() || value.isEmpty() || value.indexOf(Audience.SEPARATOR) >= 0) {
          return new Unclear(Refusal.MALFORMED_SCOPE);
        }
        if (audience != null
            && !(byResource ? isSame(audience, prefix) : audience.equals(prefix))) {
          return new Unclear(Refusal.SEVERAL_TARGETS);
        }
        audience = prefix;
        byResource = false;
      }
      if (value.length() > Scope.MAX_LENGTH) {
        return new Unclear(Refusal.SCOPE_TOO_LONG);
      }
      if (value.equals(Scope.ALL)) {
        all = true;
      } else {
        values.add(value);
      }
    }
    return new Access(audience, byResource, all ? null : values);
  }

  // RFC 8707 §2: a resource is a URI, and so one in any spelling (RFC 3986 §6.2)
  private static boolean isSame(String resource, String audience) {
    return audience.equals(resource)
        || ResourceIdentifier.normalize(audience).equals(ResourceIdentifier.normalize(resource));
  }

  // RFC 8707 §2: an absolute URI (RFC 3986 §4.3) without a fragment component
  private static boolean isAbsoluteWithoutFragment(String resource) {
    try {
      URI uri = new URI(resource);
      return uri.isAbsolute() && uri.getRawFragment() == null;
    } catch (URISyntaxException e) {
      return false;
    }
  }
}
