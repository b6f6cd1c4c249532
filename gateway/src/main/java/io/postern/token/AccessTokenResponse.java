package io.postern.token;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.postern.jose.SigningKey;

/**
 * The body of a successful answer (RFC 6749 §5.1). An issuer writes one token after the other into
 * the same one, so it is good until the callback that was given it returns. Confined to one thread.
 */
public final class AccessTokenResponse {
  private static final byte[] ACCESS_TOKEN = "{\"access_token\":\"".getBytes(US_ASCII);
  private static final byte[] EXPIRES_IN =
      "\",\"token_type\":\"Bearer\",\"expires_in\":".getBytes(US_ASCII);
  private static final byte[] SCOPE = ",\"scope\":".getBytes(US_ASCII);

  private final TokenBytes json = new TokenBytes();
  private int tokenLength;

  AccessTokenResponse() {}

  void write(AccessTokenSigner signer, AccessTokenClaims claims, SigningKey key) {
    json.clear().append(ACCESS_TOKEN);
    signer.sign(claims, key, json);
    tokenLength = json.length() - ACCESS_TOKEN.length;
    json.append(EXPIRES_IN).appendNumber(claims.expiresAt() - claims.issuedAt());
    // RFC 6749 §3.3: required where it differs from what was asked for; always said
    json.append(SCOPE).appendString(claims.scope()).append('}');
  }

  /** UTF-8 encoded JSON in the first {@link #length} bytes; not to be changed. */
  public byte[] array() {
    return json.array();
  }

  /** How many bytes the token itself has. */
  public int tokenLength() {
    return tokenLength;
  }

  /** How many bytes of the array are the answer. */
  public int length() {
    return json.length();
  }

  @Override
  public String toString() {
    return "AccessTokenResponse[<redacted>]";
  }
}
