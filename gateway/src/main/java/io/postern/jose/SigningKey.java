package io.postern.jose;

import com.nimbusds.jose.jwk.JWK;
import java.security.PrivateKey;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A key pair that signs access tokens, or did, or will. Compared by identity.
 *
 * @param since when it came into its state, by the database's clock; null for a key outside of one
 * @param publicJwk published in the JWK Set; carries {@code kid}, {@code alg} and {@code use}
 */
public record SigningKey(
    String kid,
    SignatureAlgorithm algorithm,
    State state,
    @Nullable Instant since,
    JWK publicJwk,
    PrivateKey privateKey) {

  /** Where a key is in its life. */
  public enum State {
    /** Published, so that verifiers know it before it signs. */
    PENDING,
    /** Published and signing. */
    ACTIVE,
    /** Published until the last token that it signed has expired. */
    RETIRED
  }

  public SigningKey {
    if (publicJwk.isPrivate()) {
      throw new IllegalArgumentException("a published key must not be private");
    }
  }

  @Override
  public boolean equals(Object other) {
    return this == other;
  }

  @Override
  public int hashCode() {
    return System.identityHashCode(this);
  }

  @Override
  public String toString() {
    return "SigningKey[kid=" + kid + ", algorithm=" + algorithm + ", state=" + state + "]";
  }
}
