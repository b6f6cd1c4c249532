package io.postern.store.keys;

import io.vertx.core.buffer.Buffer;

/**
 * A new signing key, ready for a row.
 *
 * @param publicJwk as JSON
 * @param privateKey PKCS #8, encrypted under the data key; not to be changed
 */
public record SealedSigningKey(
    String kid, String alg, String publicJwk, Buffer privateKey, String dataKeyId) {
  @Override
  public String toString() {
    return "SealedSigningKey[kid=" + kid + ", alg=" + alg + "]";
  }
}
