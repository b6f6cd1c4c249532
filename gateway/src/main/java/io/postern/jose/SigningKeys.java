package io.postern.jose;

import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** All signing keys that are published, and which of them signs. Immutable. */
public final class SigningKeys {
  /** No keys at all. */
  public static final SigningKeys NONE = new SigningKeys(List.of());

  private final List<SigningKey> all;
  private final Map<SignatureAlgorithm, SigningKey> active =
      new EnumMap<>(SignatureAlgorithm.class);
  private final String jwkSet;

  /**
   * @param all at most one active key for each algorithm
   */
  public SigningKeys(List<SigningKey> all) {
    this.all = List.copyOf(all);
    for (SigningKey key : all) {
      if (key.state() == SigningKey.State.ACTIVE && active.put(key.algorithm(), key) != null) {
        throw new IllegalArgumentException("two active keys for " + key.algorithm());
      }
    }
    List<JWK> published = all.stream().map(SigningKey::publicJwk).toList();
    this.jwkSet = new JWKSet(published).toString(true);
  }

  /** The key that signs with that algorithm now, or null. */
  public @Nullable SigningKey findActive(SignatureAlgorithm algorithm) {
    return active.get(algorithm);
  }

  /** Every published key. */
  public List<SigningKey> all() {
    return all;
  }

  /** The JWK Set as JSON, public members only (RFC 7517 §5). */
  public String jwkSet() {
    return jwkSet;
  }

  /** Whether no key can sign. */
  public boolean isEmpty() {
    return active.isEmpty();
  }
}
