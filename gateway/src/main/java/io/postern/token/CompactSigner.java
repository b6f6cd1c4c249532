package io.postern.token;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.util.Objects.requireNonNull;

import io.postern.crypto.CryptoProvider;
import io.postern.jose.SignatureAlgorithm;
import io.postern.jose.SigningKey;
import java.security.GeneralSecurityException;
import java.security.Signature;
import java.util.EnumMap;
import java.util.Map;

/**
 * Signs JWTs in compact form (RFC 7515 §7.1). Confined to one thread: it keeps a signature object
 * for each algorithm, ready with the last key.
 */
final class CompactSigner {
  /** What kind of JWT it is, by the header's {@code typ}, so that none passes for another. */
  enum Type {
    /** RFC 9068 §2.1. */
    ACCESS_TOKEN("at+jwt"),
    /** RFC 9701 §5. */
    INTROSPECTION("token-introspection+jwt");

    private final String typ;

    Type(String typ) {
      this.typ = typ;
    }
  }

  /**
   * A signature object that is initialized with the key, and what JWTs of the key begin with: the
   * encoded header and the dot behind it.
   */
  private record Ready(SigningKey key, Signature signature, Map<Type, TokenBytes> headers) {}

  private final CryptoProvider provider;
  private final Map<SignatureAlgorithm, Ready> ready = new EnumMap<>(SignatureAlgorithm.class);

  CompactSigner(CryptoProvider provider) {
    this.provider = provider;
  }

  /**
   * Appends the signed JWT.
   *
   * @param payload its claims as JSON
   */
  void sign(Type type, TokenBytes payload, SigningKey key, TokenBytes out) {
    Ready with = readyFor(key);
    int start = out.length();
    out.append(requireNonNull(with.headers.get(type)))
        .appendBase64url(payload.array(), payload.length());
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
      found = new Ready(key, initialized(key), headers(key));
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

  private static Map<Type, TokenBytes> headers(SigningKey key) {
    Map<Type, TokenBytes> headers = new EnumMap<>(Type.class);
    for (Type type : Type.values()) {
      String fixed =
          "{\"typ\":\"" + type.typ + "\",\"alg\":\"" + key.algorithm().value() + "\",\"kid\":";
      TokenBytes json = new TokenBytes();
      json.append(fixed.getBytes(US_ASCII)).appendString(key.kid()).append('}');
      headers.put(type, new TokenBytes().appendBase64url(json.array(), json.length()).append('.'));
    }
    return headers;
  }
}
