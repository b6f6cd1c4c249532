package io.postern.faults;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.crypto.factories.DefaultJWSVerifierFactory;
import com.nimbusds.jose.jwk.AsymmetricJWK;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jwt.SignedJWT;
import java.io.IOException;
import java.text.ParseException;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A verifier of tokens that fetches the JWK Set when the last one's {@code max-age} is over, and
 * never before: not for a {@code kid} that it does not know either. Thread-safe.
 */
final class KeyCache {
  private static final Pattern MAX_AGE = Pattern.compile("max-age=([0-9]+)");
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  private final List<Replica> replicas;
  private JWKSet keys = new JWKSet();
  private long freshUntil = Long.MIN_VALUE;
  private int turn;

  /**
   * @param replicas asked in turn
   */
  KeyCache(List<Replica> replicas) {
    this.replicas = replicas;
  }

  /** Whether a key of the set made the signature. */
  boolean verifies(String token) {
    try {
      SignedJWT jwt = SignedJWT.parse(token);
      JWK key = current().getKeyByKeyId(jwt.getHeader().getKeyID());
      return key != null
          && jwt.verify(
              new DefaultJWSVerifierFactory()
                  .createJWSVerifier(jwt.getHeader(), ((AsymmetricJWK) key).toPublicKey()));
    } catch (ParseException | JOSEException e) {
      throw new IllegalStateException(e);
    }
  }

  private synchronized JWKSet current() throws ParseException {
    for (int i = 0; i < replicas.size() && System.nanoTime() >= freshUntil; i++) {
      Replica replica = replicas.get(turn++ % replicas.size());
      try {
        HttpLine.Answer answer =
            HttpLine.once(replica.httpPort(), PATIENCE, "GET", "/oauth2/jwks", "", "");
        Matcher maxAge = MAX_AGE.matcher(answer.headers().getOrDefault("cache-control", ""));
        if (answer.status() == 200 && maxAge.find()) {
          keys = JWKSet.parse(answer.body());
          freshUntil =
              System.nanoTime() + Duration.ofSeconds(Long.parseLong(maxAge.group(1))).toNanos();
        }
      } catch (IOException e) {
        // the next one
      }
    }
    return keys;
  }
}
