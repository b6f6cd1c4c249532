package io.postern.token;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.postern.crypto.CryptoProvider;
import io.postern.jose.SignatureAlgorithm;
import io.postern.jose.SigningKey;
import java.security.GeneralSecurityException;
import java.security.Signature;
import java.util.EnumMap;
import java.util.Map;

/**
 * Writes and signs access tokens of type {@code at+jwt} (RFC 9068 §2.1, RFC 7515 §7.1). Confined to
 * one thread: it keeps a signature object for each algorithm, ready with the last key.
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

  /**
   * A signature object that is initialized with the key, and what tokens of the key begin with: the
   * encoded header and the dot behind it.
   */
  private record Ready(SigningKey key, Signature signature, TokenBytes header) {}

  private final CryptoProvider provider;
  private final Map<SignatureAlgorithm, Ready> ready = new EnumMap<>(SignatureAlgorithm.class);
  private final TokenBytes payload = new TokenBytes();

  public AccessTokenSigner(CryptoProvider provider) {
    this.provider = provider;
  }

  /** The signed token in compact form. */
  public String sign(AccessTokenClaims claims, SigningKey key) {
    TokenBytes token = new TokenBytes();
    sign(claims, key, token);
    return new String(token.array(), 0, token.length(), US_ASCII);
  }

  /** Appends the signed token in compact form. */
  void sign(AccessTokenClaims claims, SigningKey key, TokenBytes out) {
    Ready with = readyFor(key);
    int start = out.length();
    write(claims);
    out.append(with.header).appendBase64url(payload.array(), payload.length());
    try {
      with.signature.update(out.array(), start, out.length() - start);
      byte[] signature = with.signature.sign();
      out.append('.').appendBase64url(signature, signature.length);
    } catch (GeneralSecurityException e) {
      ready.remove(key.algorithm());
      throw new IllegalStateException("key " + key.kid() + " cannot sign", e);
    }
  }

  private Ready readyFor(SigningKey key) {
    Ready found = ready.get(key.algorithm());
    if (found == null || !found.key.equals(key)) {
      found = new Ready(key, initialized(key), header(key));
      ready.put(key.algorithm(), found);
    }
    return found;
  }

  private Signature initialized(SigningKey key) {
    Signature signature = key.algorithm().newSignature(provider);
    try {
      signature.initSign(key.privateKey(), provider.secureRandom());
      return signature;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("key " + key.kid() + " cannot sign", e);
    }
  }

  private static TokenBytes header(SigningKey key) {
    String fixed = "{\"typ\":\"at+jwt\",\"alg\":\"" + key.algorithm().value() + "\",\"kid\":";
    TokenBytes json = new TokenBytes();
    json.append(fixed.getBytes(US_ASCII)).appendString(key.kid()).append('}');
    return new TokenBytes().appendBase64url(json.array(), json.length()).append('.');
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
