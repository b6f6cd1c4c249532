package io.postern.verifier;

import com.nimbusds.jose.util.JSONObjectUtils;
import java.net.URI;
import java.text.ParseException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Where an issuer publishes its keys and its lines. */
record Endpoints(URI jwks, URI revocations) {
  /** Where its metadata is (OpenID Connect Discovery 1.0 §4). */
  static URI metadata(String issuer) {
    return URI.create(base(issuer) + "/.well-known/openid-configuration");
  }

  /**
   * Reads the metadata (RFC 8414 §2).
   *
   * @throws ParseException when it is malformed, another issuer's, or names a place where anybody
   *     may change what is read
   */
  static Endpoints parse(String json, String issuer) throws ParseException {
    Map<String, Object> metadata = JSONObjectUtils.parse(json);
    // RFC 8414 §3.3: must be the same
    if (!issuer.equals(JSONObjectUtils.getString(metadata, "issuer"))) {
      throw new ParseException("the metadata is of another issuer", 0);
    }
    URI jwks = JSONObjectUtils.getURI(metadata, "jwks_uri");
    if (jwks == null) {
      throw new ParseException("the metadata has no jwks_uri", 0);
    }
    URI revocations = JSONObjectUtils.getURI(metadata, "revocations_endpoint");
    return new Endpoints(
        check(jwks, issuer),
        check(
            revocations == null ? URI.create(base(issuer) + "/oauth2/revocations") : revocations,
            issuer));
  }

  // https does not lead to http
  private static URI check(URI uri, String issuer) throws ParseException {
    String scheme = uri.getScheme();
    boolean fit =
        uri.getHost() != null
            && ("https".equalsIgnoreCase(scheme)
                || ("http".equalsIgnoreCase(scheme) && issuer.startsWith("http:")));
    if (!fit) {
      throw new ParseException("the metadata names an unfit URL", 0);
    }
    return uri;
  }

  private static String base(String issuer) {
    return issuer.endsWith("/") ? issuer.substring(0, issuer.length() - 1) : issuer;
  }

  /** The lines when they are waited for. */
  URI revocations(@Nullable String wait) {
    if (wait == null) {
      return revocations;
    }
    String text = revocations.toString();
    return URI.create(text + (text.indexOf('?') < 0 ? '?' : '&') + "wait=" + wait);
  }
}
