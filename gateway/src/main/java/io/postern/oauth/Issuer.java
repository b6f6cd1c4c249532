package io.postern.oauth;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Set;

/**
 * The issuer identifier and the URLs that follow from it (RFC 8414 §2, §3).
 *
 * @param identifier published and compared byte for byte, never normalized
 */
public record Issuer(String identifier) {
  private static final Set<String> SCHEMES = Set.of("http", "https");

  /**
   * Checks the identifier.
   *
   * @throws IllegalArgumentException when it is not an http or https URL of host, port and path, or
   *     one that clients would write otherwise; says how
   */
  public Issuer {
    URI uri = parse(identifier);
    // RFC 8414 §2: no query or fragment components
    if (uri.getRawAuthority() == null
        || !SCHEMES.contains(uri.getScheme().toLowerCase(Locale.ROOT))
        || uri.getRawAuthority().contains("@")
        || uri.getRawQuery() != null
        || uri.getRawFragment() != null) {
      throw new IllegalArgumentException(
          "it must be an http or https URL without user, query and fragment");
    }
    String written = IssuerSpelling.of(uri);
    if (!written.equals(identifier)) {
      throw new IllegalArgumentException(
          "clients write it otherwise, and would not find it; write " + written);
    }
  }

  private static URI parse(String identifier) {
    try {
      URI uri = new URI(identifier);
      if (uri.getScheme() != null) {
        return uri;
      }
      throw new IllegalArgumentException("it has no scheme; write https://" + identifier);
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException("it is not a URL", e);
    }
  }

  /** The path that all endpoints stand below; empty, or beginning and not ending with a slash. */
  public String path() {
    return URI.create(withoutLastSlash()).getRawPath();
  }

  public String tokenEndpoint() {
    return withoutLastSlash() + "/oauth2/token";
  }

  /** RFC 7662 §2. */
  public String introspectionEndpoint() {
    return withoutLastSlash() + "/oauth2/introspect";
  }

  /** RFC 7009 §2. */
  public String revocationEndpoint() {
    return withoutLastSlash() + "/oauth2/revoke";
  }

  /** Where verifiers follow the not-before lines. */
  public String revocationsEndpoint() {
    return withoutLastSlash() + "/oauth2/revocations";
  }

  public String authorizationEndpoint() {
    return withoutLastSlash() + "/oauth2/authorize";
  }

  public String jwksUri() {
    return withoutLastSlash() + "/oauth2/jwks";
  }

  private String withoutLastSlash() {
    return identifier.endsWith("/") ? identifier.substring(0, identifier.length() - 1) : identifier;
  }

  @Override
  public String toString() {
    return identifier;
  }
}
