package io.postern.jose;

/**
 * An access token of ours that has been verified (RFC 9068 §4).
 *
 * @param scope its values, separated by single spaces
 * @param issuedAt seconds since the epoch, as are the others
 */
public record AccessToken(
    String clientId, String audience, String scope, String jti, long issuedAt, long expiresAt) {

  /** Whether the token has that scope value. */
  public boolean hasScope(String value) {
    int at = scope.indexOf(value);
    while (at >= 0) {
      int end = at + value.length();
      if ((at == 0 || scope.charAt(at - 1) == ' ')
          && (end == scope.length() || scope.charAt(end) == ' ')) {
        return true;
      }
      at = scope.indexOf(value, at + 1);
    }
    return false;
  }
}
