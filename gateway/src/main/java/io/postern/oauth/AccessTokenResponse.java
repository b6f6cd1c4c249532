package io.postern.oauth;

/**
 * A successful answer of the token endpoint (RFC 6749 §5.1).
 *
 * @param expiresInSeconds 60 to 86,400
 * @param scope the scope values of the token, always said (RFC 6749 §3.3)
 */
public record AccessTokenResponse(String accessToken, int expiresInSeconds, String scope) {

  /** The answer's body. */
  public String toJson() {
    StringBuilder json = new StringBuilder(accessToken.length() + scope.length() + 96);
    json.append("{\"access_token\":\"").append(accessToken);
    json.append("\",\"token_type\":\"Bearer\",\"expires_in\":").append(expiresInSeconds);
    json.append(",\"scope\":");
    return JsonText.appendString(json, scope).append('}').toString();
  }

  @Override
  public String toString() {
    return "AccessTokenResponse[accessToken=<redacted>, expiresInSeconds="
        + expiresInSeconds
        + ", scope="
        + scope
        + "]";
  }
}
