package io.postern.token;

import static io.postern.oauth.JsonText.appendString;

import io.postern.crypto.CryptoProvider;
import io.postern.jose.SignatureAlgorithm;
import io.postern.jose.SigningKey;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.Signature;
import java.util.Base64;
import java.util.EnumMap;
import java.util.Map;

/**
 * Writes and signs access tokens of type {@code at+jwt} (RFC 9068 §2.1, RFC 7515 §7.1). Confined to
 * one thread: it keeps a signature object for each algorithm, ready with the last key.
 */
public final class AccessTokenSigner {
  private static final Base64.Encoder BASE64URL = Base64.getUrlEncoder().withoutPadding();

  /** A signature object that is initialized with the key, and the key's header. */
  private record Ready(SigningKey key, Signature signature, String header) {}

  private final CryptoProvider provider;
  private final Map<SignatureAlgorithm, Ready> ready = new EnumMap<>(SignatureAlgorithm.class);

  public AccessTokenSigner(CryptoProvider provider) {
    this.provider = provider;
  }

  /** The signed token in compact form. */
  public String sign(AccessTokenClaims claims, SigningKey key) {
    Ready with = readyFor(key);
    byte[] payload = json(claims).getBytes(StandardCharsets.UTF_8);
    String signingInput = with.header + "." + BASE64URL.encodeToString(payload);
    try {
      with.signature.update(signingInput.getBytes(StandardCharsets.US_ASCII));
      return signingInput + "." + BASE64URL.encodeToString(with.signature.sign());
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

  private static String header(SigningKey key) {
    StringBuilder json = new StringBuilder("{\"typ\":\"at+jwt\",\"alg\":\"");
    json.append(key.algorithm().value()).append("\",\"kid\":");
    appendString(json, key.kid()).append('}');
    return BASE64URL.encodeToString(json.toString().getBytes(StandardCharsets.UTF_8));
  }

  private static String json(AccessTokenClaims claims) {
    StringBuilder json = new StringBuilder(384 + claims.scope().length());
    appendString(json.append("{\"iss\":"), claims.issuer());
    appendString(json.append(",\"sub\":"), claims.clientId());
    appendString(json.append(",\"aud\":"), claims.audience());
    json.append(",\"exp\":").append(claims.expiresAt());
    json.append(",\"iat\":").append(claims.issuedAt());
    appendString(json.append(",\"jti\":"), claims.jti());
    appendString(json.append(",\"client_id\":"), claims.clientId());
    appendString(json.append(",\"scope\":"), claims.scope());
    return json.append('}').toString();
  }
}
