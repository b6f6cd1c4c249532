package io.postern.token;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.postern.crypto.CryptoProvider;
import io.postern.jose.SigningKey;

/**
 * Writes and signs access tokens of type {@code at+jwt} (RFC 9068 §2.1). Confined to one thread, as
 * the signer below it is.
 */
public final class AccessTokenSigner {
  private static final byte[] ISS = "{\"iss\":".getBytes(US_ASCII);
  private static final byte[] SUB = ",\"sub\":".getBytes(US_ASCII);
  private static final byte[] AUD = ",\"aud\":".getBytes(US_ASCII);
  private static final byte[] EXP = ",\"exp\":".getBytes(US_ASCII);
  private static final byte[] IAT = ",\"iat\":".getBytes(US_ASCII);
  private static final byte[] JTI = ",\"jti\":".getBytes(US_ASCII);
  private static final byte[] CLIENT_ID = ",\"client_id\":".getBytes(US_ASCII);
  private static final byte[] SCOPE = ",\"scope\":".getBytes(US_ASCII);

  private final CompactSigner signer;
  private final TokenBytes payload = new TokenBytes();

  public AccessTokenSigner(CryptoProvider provider) {
    this.signer = new CompactSigner(provider);
  }

  /** What signs other kinds of JWTs with the same objects. */
  CompactSigner compact() {
    return signer;
  }

  /** The signed token in compact form. */
  public String sign(AccessTokenClaims claims, SigningKey key) {
    TokenBytes token = new TokenBytes();
    sign(claims, key, token);
    return new String(token.array(), 0, token.length(), US_ASCII);
  }

  /** Appends the signed token in compact form. */
  void sign(AccessTokenClaims claims, SigningKey key, TokenBytes out) {
    write(claims);
    signer.sign(CompactSigner.Type.ACCESS_TOKEN, payload, key, out);
  }

  private void write(AccessTokenClaims claims) {
    payload.clear();
    payload.append(ISS).appendString(claims.issuer());
    payload.append(SUB).appendString(claims.clientId());
    payload.append(AUD).appendString(claims.audience());
    payload.append(EXP).appendNumber(claims.expiresAt());
    payload.append(IAT).appendNumber(claims.issuedAt());
    payload.append(JTI).appendString(claims.jti());
    payload.append(CLIENT_ID).appendString(claims.clientId());
    payload.append(SCOPE).appendString(claims.scope());
    payload.append('}');
  }
}
