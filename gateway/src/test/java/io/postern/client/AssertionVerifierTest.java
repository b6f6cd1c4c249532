package io.postern.client;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.jwk.AsymmetricJWK;
import io.postern.crypto.CryptoProvider;
import io.postern.grant.Expiry;
import io.postern.jose.DecoyKeys;
import io.postern.jose.SignatureAlgorithm;
import io.postern.oauth.ClientCredentials;
import io.postern.oauth.GrantType;
import io.postern.oauth.Refusal;
import io.postern.testing.TestAssertion;
import io.postern.testing.TestKey;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The edges of an assertion's life, to the second (RFC 7523 §3 (4) to (6)). */
class AssertionVerifierTest {
  private static final long NOW = 2_000_000_000L;
  private static final long SKEW = 10;
  private static final long MAX_AGE = 300;
  private static final String ISSUER = "https://issuer.example.com";
  private static final TestKey KEY = TestKey.generate(SignatureAlgorithm.ES256);
  private static final CryptoProvider CRYPTO = CryptoProvider.best();

  private final AssertionVerifier verifier =
      new AssertionVerifier(
          new AssertionRules(
              ISSUER,
              Set.of(ISSUER + "/oauth2/token"),
              Duration.ofSeconds(MAX_AGE),
              Duration.ofSeconds(SKEW)),
          CRYPTO,
          new DecoyKeys(CRYPTO));

  @Test
  void exp_isGoodUntilTheSkewIsOver() throws Exception {
    assertEnd(NOW - 60, NOW - SKEW + 1, NOW + 1);
    assertRefused(NOW - 60, NOW - SKEW);
    assertEnd(NOW, NOW, NOW + SKEW);
    assertEnd(NOW, NOW + 60, NOW + 60 + SKEW);
  }

  @Test
  void iat_boundsALongLife() throws Exception {
    assertEnd(NOW, NOW + 3600, NOW + MAX_AGE + SKEW);
    assertEnd(NOW - MAX_AGE, NOW + 3600, NOW + SKEW);
    assertEnd(NOW - MAX_AGE - SKEW + 1, NOW + 3600, NOW + 1);
    assertRefused(NOW - MAX_AGE - SKEW, NOW + 3600);
    assertRefused(0L, NOW + 60);
  }

  @Test
  void iat_mayBeAheadByTheSkew() throws Exception {
    assertEnd(NOW + SKEW, NOW + 3600, NOW + SKEW + MAX_AGE + SKEW);
    assertRefused(NOW + SKEW + 1, NOW + 3600);
  }

  // what is remembered of it is bounded: 5 minutes and twice the skew
  @Test
  void exp_withoutIat_isBounded() throws Exception {
    assertEnd(null, NOW + MAX_AGE + SKEW, NOW + MAX_AGE + 2 * SKEW);
    assertRefused(null, NOW + MAX_AGE + SKEW + 1);
    assertEnd(null, NOW - SKEW + 1, NOW + 1);
    assertRefused(null, NOW - SKEW);
  }

  @Test
  void nbf_mayBeAheadByTheSkew() throws Exception {
    assertThat(verify(assertion(NOW, NOW + 60).claim("nbf", NOW + SKEW)))
        .isInstanceOf(AssertionVerifier.Verification.Verified.class);
    assertThat(verify(assertion(NOW, NOW + 60).claim("nbf", NOW + SKEW + 1)))
        .isEqualTo(new AssertionVerifier.Verification.Failed(Refusal.ASSERTION_TIME, "agent"));
  }

  @Test
  void fractions_areCutOff() throws Exception {
    AssertionVerifier.Verification verification =
        verify(assertion(NOW, NOW).claim("exp", NOW + 0.999));
    assertThat(verification)
        .isInstanceOfSatisfying(
            AssertionVerifier.Verification.Verified.class,
            verified ->
                assertThat(verified.use().until()).isEqualTo(Instant.ofEpochSecond(NOW + SKEW)));
  }

  @Test
  void key_isGoodUntilItsEnd() throws Exception {
    Instant now = Instant.ofEpochSecond(NOW);
    TestAssertion good = assertion(NOW, NOW + 60);
    assertThat(verify(good, now.plusSeconds(1)))
        .isInstanceOf(AssertionVerifier.Verification.Verified.class);
    assertThat(verify(good, now))
        .isEqualTo(new AssertionVerifier.Verification.Failed(Refusal.ASSERTION_KEY, "agent"));
  }

  private void assertEnd(Long iat, long exp, long end) throws Exception {
    assertThat(verify(assertion(iat, exp)))
        .isInstanceOfSatisfying(
            AssertionVerifier.Verification.Verified.class,
            verified -> assertThat(verified.use().until()).isEqualTo(Instant.ofEpochSecond(end)));
  }

  private void assertRefused(Long iat, long exp) throws Exception {
    assertThat(verify(assertion(iat, exp)))
        .isEqualTo(new AssertionVerifier.Verification.Failed(Refusal.ASSERTION_TIME, "agent"));
  }

  private static TestAssertion assertion(Long iat, long exp) {
    return TestAssertion.by(KEY, "agent", ISSUER).claim("iat", iat).claim("exp", exp);
  }

  private AssertionVerifier.Verification verify(TestAssertion assertion) throws Exception {
    return verify(assertion, null);
  }

  private AssertionVerifier.Verification verify(TestAssertion assertion, Instant keyExpiresAt)
      throws Exception {
    ClientKey key =
        new ClientKey(
            KEY.kid(),
            KEY.algorithm().keyType(),
            null,
            ((AsymmetricJWK) KEY.jwk()).toPublicKey().getEncoded(),
            Expiry.micros(keyExpiresAt));
    RegisteredClient client =
        new RegisteredClient(
            "agent",
            new ClientSettings(
                true,
                Set.of(GrantType.CLIENT_CREDENTIALS),
                AssertionAudience.ISSUER,
                List.of(),
                ClientSettings.NO_LIMIT,
                null),
            List.of(),
            List.of(key),
            List.of());
    return verifier.verify(
        new ClientCredentials.Assertion(null, assertion.sign()),
        id -> id.equals("agent") ? client : null,
        Instant.ofEpochSecond(NOW));
  }
}
