package io.postern.token;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.postern.jose.AccessToken;
import io.postern.jose.SigningKey;
import org.jspecify.annotations.Nullable;

/**
 * The body of an introspection's answer: JSON (RFC 7662 §2.2), or a JWT around it (RFC 9701 §5).
 * Written one after the other into the same one, so it is good until the callback that was given it
 * returns. Confined to one thread.
 */
public final class IntrospectionResponse {
  private static final byte[] INACTIVE = "{\"active\":false}".getBytes(US_ASCII);
  private static final byte[] ACTIVE = "{\"active\":true,\"scope\":".getBytes(US_ASCII);
  private static final byte[] CLIENT_ID = ",\"client_id\":".getBytes(US_ASCII);
  private static final byte[] TOKEN_TYPE = ",\"token_type\":\"Bearer\",\"exp\":".getBytes(US_ASCII);
  private static final byte[] IAT = ",\"iat\":".getBytes(US_ASCII);
  private static final byte[] SUB = ",\"sub\":".getBytes(US_ASCII);
  private static final byte[] AUD = ",\"aud\":".getBytes(US_ASCII);
  private static final byte[] ISS = ",\"iss\":".getBytes(US_ASCII);
  private static final byte[] JTI = ",\"jti\":".getBytes(US_ASCII);
  private static final byte[] JWT_ISS = "{\"iss\":".getBytes(US_ASCII);
  private static final byte[] MEMBER = ",\"token_introspection\":".getBytes(US_ASCII);

  private final TokenBytes bytes = new TokenBytes();
  private boolean signed;

  IntrospectionResponse() {}

  /**
   * Writes JSON.
   *
   * @param token null for one that is not active
   */
  void write(String issuer, @Nullable AccessToken token) {
    signed = false;
    write(bytes.clear(), issuer, token);
  }

  /**
   * Writes a JWT. Neither {@code sub} nor {@code exp} stand at its top, so that nobody takes it for
   * a token (RFC 9701 §5, §8.1).
   *
   * @param audience the caller's {@code client_id}
   * @param issuedAt seconds since the epoch
   */
  void write(
      CompactSigner signer,
      SigningKey key,
      String issuer,
      String audience,
      long issuedAt,
      @Nullable AccessToken token) {
    signed = true;
    TokenBytes payload = new TokenBytes();
    payload.append(JWT_ISS).appendString(issuer).append(AUD).appendString(audience);
    payload.append(IAT).appendNumber(issuedAt).append(MEMBER);
    write(payload, issuer, token);
    payload.append('}');
    signer.sign(CompactSigner.Type.INTROSPECTION, payload, key, bytes.clear());
  }

  private static void write(TokenBytes json, String issuer, @Nullable AccessToken token) {
    if (token == null) {
      json.append(INACTIVE);
      return;
    }
    json.append(ACTIVE).appendString(token.scope());
    json.append(CLIENT_ID).appendString(token.clientId());
    json.append(TOKEN_TYPE).appendNumber(token.expiresAt());
    json.append(IAT).appendNumber(token.issuedAt());
    // RFC 9068 §2.2: without a resource owner the subject is the client
    json.append(SUB).appendString(token.clientId());
    json.append(AUD).appendString(token.audience());
    json.append(ISS).appendString(issuer);
    json.append(JTI).appendString(token.jti()).append('}');
  }

  /** The body in the first {@link #length} bytes; not to be changed. */
  public byte[] array() {
    return bytes.array();
  }

  /** How many bytes of the array are the body. */
  public int length() {
    return bytes.length();
  }

  /** Whether it is a JWT. */
  public boolean isSigned() {
    return signed;
  }

  @Override
  public String toString() {
    return "IntrospectionResponse[<redacted>]";
  }
}
