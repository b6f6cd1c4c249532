package io.postern.verifier;

import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The token of a request's {@code Authorization} header fields (RFC 6750 §2.1).
 *
 * @param token null when there is none to verify
 * @param reason why there is none; null when there is
 */
record BearerHeader(@Nullable String token, @Nullable Reason reason) {
  private static final Pattern SCHEME = Pattern.compile("(?i)bearer(?: +(.*))?");
  // b64token; what cannot be in a token is not parsed as one
  private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9\\-._~+/]+=*");

  static BearerHeader of(List<String> fields) {
    if (fields.isEmpty()) {
      return new BearerHeader(null, Reason.MISSING_TOKEN);
    }
    if (fields.size() > 1) {
      return new BearerHeader(null, Reason.MALFORMED_REQUEST);
    }
    var matcher = SCHEME.matcher(fields.get(0).strip());
    if (!matcher.matches()) {
      return new BearerHeader(null, Reason.MISSING_TOKEN);
    }
    String token = matcher.group(1);
    return token != null && TOKEN.matcher(token).matches()
        ? new BearerHeader(token, null)
        : new BearerHeader(null, Reason.MALFORMED_REQUEST);
  }

  @Override
  public String toString() {
    return "BearerHeader[<redacted>]";
  }
}
