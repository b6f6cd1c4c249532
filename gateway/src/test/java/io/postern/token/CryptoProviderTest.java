package io.postern.token;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.crypto.factories.DefaultJWSVerifierFactory;
import com.nimbusds.jose.jwk.AsymmetricJWK;
import com.nimbusds.jwt.SignedJWT;
import io.postern.client.AssertionAudience;
import io.postern.client.AssertionRules;
import io.postern.client.AssertionVerifier;
import io.postern.client.AttemptLimiter;
import io.postern.client.ClientAuthentication;
import io.postern.client.ClientAuthenticator;
import io.postern.client.ClientKey;
import io.postern.client.ClientSecret;
import io.postern.client.ClientSettings;
import io.postern.client.CredentialUses;
import io.postern.client.InMemoryReplayGuard;
import io.postern.client.RegisteredClient;
import io.postern.client.SecretVerifier;
import io.postern.crypto.CryptoProvider;
import io.postern.crypto.SecretHashKey;
import io.postern.grant.Expiry;
import io.postern.jose.DecoyKeys;
import io.postern.jose.JwsVerifier;
import io.postern.jose.KeyType;
import io.postern.jose.SignatureAlgorithm;
import io.postern.jose.SigningKey;
import io.postern.jose.SigningKeyGenerator;
import io.postern.jose.StrictJwt;
import io.postern.oauth.AuthenticationMethod;
import io.postern.oauth.ClientCredentials;
import io.postern.oauth.GrantType;
import io.postern.oauth.Refusal;
import io.postern.testing.TestAssertion;
import io.postern.testing.TestKey;
import java.nio.charset.StandardCharsets;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.bouncycastle.asn1.edec.EdECObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Everything that signs, verifies or hashes, with each provider: what one makes, the others take,
 * and all refuse the same.
 */
class CryptoProviderTest {
  private static final CryptoProvider BEST = CryptoProvider.best();
  private static final List<CryptoProvider> ALL =
      Stream.of(
              CryptoProvider.Choice.ACCP,
              CryptoProvider.Choice.BOUNCYCASTLE,
              CryptoProvider.Choice.JDK)
          .map(CryptoProvider::choose)
          .toList();
  private static final String ISSUER = "https://issuer.example.com";
  private static final Instant NOW = Instant.ofEpochSecond(2_000_000_000L);
  private static final Map<SignatureAlgorithm, SigningKey> KEYS =
      new EnumMap<>(SignatureAlgorithm.class);

  static {
    // a key pair from each provider by turns
    for (SignatureAlgorithm algorithm : SignatureAlgorithm.values()) {
      KEYS.put(
          algorithm,
          new SigningKeyGenerator(ALL.get(KEYS.size() % ALL.size()))
              .generate(algorithm, SigningKey.State.ACTIVE));
    }
  }

  static Stream<Arguments> algorithmsAndProviders() {
    return Arrays.stream(SignatureAlgorithm.values())
        .flatMap(
            algorithm ->
                ALL.stream()
                    .flatMap(
                        one -> ALL.stream().map(other -> Arguments.of(algorithm, one, other))));
  }

  @Test
  void best_isTheNativeOne_andAsksForNothing() {
    assertThat(BEST.toString()).startsWith("AmazonCorrettoCryptoProvider 2.");
    assertThat(BEST.choice()).isEqualTo(CryptoProvider.Choice.AUTO);
    assertThat(BEST.passedOver()).isEmpty();
  }

  @Test
  void names_tellTheProvidersApart() {
    assertThat(ALL)
        .extracting(CryptoProvider::name)
        .containsExactly("AmazonCorrettoCryptoProvider", "BC", "JDK");
    assertThat(ALL).extracting(CryptoProvider::version).doesNotContain("").doesNotHaveDuplicates();
  }

  /** A state that threads share would make them wait for each other. */
  @Test
  void secureRandom_hasAStateOfItsOwn() {
    assertThat(ALL)
        .extracting(provider -> provider.secureRandom().getAlgorithm())
        .containsExactly("LibCryptoRng", "DRBG", "DRBG");
    for (CryptoProvider provider : ALL) {
      assertThat(provider.secureRandom()).isNotSameAs(provider.secureRandom());
    }
  }

  @ParameterizedTest
  @MethodSource("algorithmsAndProviders")
  void token_ofOneProvider_isVerifiedByTheOther(
      SignatureAlgorithm algorithm, CryptoProvider signs, CryptoProvider verifies)
      throws Exception {
    SigningKey key = KEYS.get(algorithm);
    AccessTokenSigner signer = new AccessTokenSigner(signs);
    SigningKey own = withPrivateKeyOf(key, signs);
    JwsVerifier verifier = new JwsVerifier(verifies);
    PublicKey publicKey = publicKey(key, verifies);

    for (int i = 0; i < 3; i++) {
      String token = signer.sign(claims("jti-" + i), own);
      assertThat(verifier.verify(StrictJwt.parse(token), algorithm, publicKey)).isTrue();
      for (String bad : tampered(token)) {
        assertThat(verifier.verify(StrictJwt.parse(bad), algorithm, publicKey)).as(bad).isFalse();
      }
    }
    PublicKey anothers =
        publicKey(
            new SigningKeyGenerator(BEST).generate(algorithm, SigningKey.State.ACTIVE), verifies);
    assertThat(
            verifier.verify(
                StrictJwt.parse(signer.sign(claims("other"), own)), algorithm, anothers))
        .isFalse();
  }

  static Stream<Arguments> algorithmsAndEach() {
    return Arrays.stream(SignatureAlgorithm.values())
        .flatMap(algorithm -> ALL.stream().map(signs -> Arguments.of(algorithm, signs)));
  }

  @ParameterizedTest
  @MethodSource("algorithmsAndEach")
  void token_isVerifiedByNimbusAndTheJdk(SignatureAlgorithm algorithm, CryptoProvider signs)
      throws Exception {
    SigningKey key = withPrivateKeyOf(KEYS.get(algorithm), signs);
    SignedJWT token = SignedJWT.parse(new AccessTokenSigner(signs).sign(claims("jti"), key));
    // Nimbus has Ed25519 only with Tink beside it
    assertThat(
            algorithm == SignatureAlgorithm.EDDSA
                ? verifiesWithTheJdk(token, spki(key))
                : token.verify(
                    new DefaultJWSVerifierFactory()
                        .createJWSVerifier(
                            token.getHeader(), ((AsymmetricJWK) key.publicJwk()).toPublicKey())))
        .isTrue();
  }

  private static boolean verifiesWithTheJdk(SignedJWT token, byte[] spki) throws Exception {
    Signature signature = Signature.getInstance("Ed25519");
    signature.initVerify(
        KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(spki)));
    signature.update(token.getSigningInput());
    return signature.verify(token.getSignature().decode());
  }

  @ParameterizedTest
  @MethodSource("algorithmsAndEach")
  void assertion_isAuthenticatedByEachProvider(
      SignatureAlgorithm algorithm, CryptoProvider verifies) throws Exception {
    SigningKey pair = withPrivateKeyOf(KEYS.get(algorithm), BEST);
    TestKey key = new TestKey(algorithm, pair.publicJwk(), pair.privateKey());
    RegisteredClient client =
        client(
            List.of(),
            List.of(
                new ClientKey(pair.kid(), algorithm.keyType(), null, spki(pair), Expiry.NEVER)));
    ClientAuthenticator authenticator = authenticator(verifies, new SecretHashKey("1", bytes(1)));
    TestAssertion good =
        TestAssertion.by(key, client.clientId(), ISSUER)
            .claim("iat", NOW.getEpochSecond())
            .claim("exp", NOW.getEpochSecond() + 60);

    for (String bad : tampered(good.sign())) {
      assertThat(authenticate(authenticator, client, assertion(bad)))
          .isEqualTo(
              new ClientAuthentication.Rejected(Refusal.ASSERTION_SIGNATURE, 0, client.clientId()));
    }
    assertThat(authenticate(authenticator, client, assertion(good.sign())))
        .isEqualTo(
            new ClientAuthentication.Authenticated(client, AuthenticationMethod.PRIVATE_KEY_JWT));
    assertThat(authenticate(authenticator, client, assertion(good.sign())))
        .isEqualTo(
            new ClientAuthentication.Rejected(Refusal.ASSERTION_REPLAYED, 0, client.clientId()));
  }

  static Stream<Arguments> providers() {
    return ALL.stream().flatMap(one -> ALL.stream().map(other -> Arguments.of(one, other)));
  }

  @ParameterizedTest
  @MethodSource("providers")
  void secret_hashedByOneProvider_isVerifiedByTheOther(CryptoProvider one, CryptoProvider other) {
    SecretHashKey present = new SecretHashKey("present", bytes(1));
    SecretHashKey former = new SecretHashKey("former", bytes(2));
    RegisteredClient client =
        client(
            List.of(
                new ClientSecret("present", present.hash(one, "first"), Expiry.NEVER),
                new ClientSecret("former", former.hash(one, "second"), Expiry.NEVER),
                new ClientSecret("present", present.hash(one, "over"), Expiry.micros(NOW))),
            List.of());
    ClientAuthenticator authenticator = authenticator(other, present, former);

    for (String good : List.of("first", "second")) {
      assertThat(authenticate(authenticator, client, secret(good)))
          .isInstanceOf(ClientAuthentication.Authenticated.class);
    }
    for (String bad : List.of("", "First", "first ", "over", "third")) {
      assertThat(authenticate(authenticator, client, secret(bad)))
          .isEqualTo(new ClientAuthentication.Rejected(Refusal.WRONG_SECRET, 0, client.clientId()));
    }
  }

  @Test
  void signer_takesTurnsBetweenKeys() {
    AccessTokenSigner signer = new AccessTokenSigner(BEST);
    SigningKeyGenerator generator = new SigningKeyGenerator(BEST);
    SigningKey first = generator.generate(SignatureAlgorithm.ES256, SigningKey.State.ACTIVE);
    SigningKey second = generator.generate(SignatureAlgorithm.ES256, SigningKey.State.ACTIVE);
    JwsVerifier verifier = new JwsVerifier(BEST);
    for (SigningKey key : List.of(first, second, first, first, second)) {
      StrictJwt token = StrictJwt.parse(signer.sign(claims("jti"), key));
      assertThat(token.header().path("kid").asText()).isEqualTo(key.kid());
      assertThat(verifier.verify(token, SignatureAlgorithm.ES256, publicKey(key, BEST))).isTrue();
    }
  }

  private static ClientAuthenticator authenticator(
      CryptoProvider provider, SecretHashKey... hashKeys) {
    return new ClientAuthenticator(
        new SecretVerifier(provider, () -> List.of(hashKeys)),
        new AssertionVerifier(
            new AssertionRules(
                ISSUER,
                Set.of(ISSUER + "/oauth2/token"),
                Duration.ofMinutes(5),
                Duration.ofSeconds(10)),
            provider,
            new DecoyKeys(provider)),
        new InMemoryReplayGuard(provider, 100),
        new AttemptLimiter(),
        new CredentialUses());
  }

  private static ClientAuthentication authenticate(
      ClientAuthenticator authenticator, RegisteredClient client, ClientCredentials credentials) {
    List<ClientAuthentication> answers = new ArrayList<>();
    authenticator.authenticate(
        credentials,
        id -> id.equals(client.clientId()) ? client : null,
        "192.0.2.1",
        NOW,
        answers::add);
    assertThat(answers).hasSize(1);
    return answers.getFirst();
  }

  private static ClientCredentials assertion(String jwt) {
    return new ClientCredentials.Assertion(null, jwt);
  }

  private static ClientCredentials secret(String secret) {
    return new ClientCredentials.Secret(
        AuthenticationMethod.CLIENT_SECRET_BASIC, "an-agent", secret);
  }

  private static RegisteredClient client(List<ClientSecret> secrets, List<ClientKey> keys) {
    return new RegisteredClient(
        "an-agent",
        new ClientSettings(
            true,
            Set.of(GrantType.CLIENT_CREDENTIALS),
            AssertionAudience.ISSUER,
            List.of("present", "former"),
            ClientSettings.NO_LIMIT,
            null),
        secrets,
        keys,
        List.of());
  }

  private static AccessTokenClaims claims(String jti) {
    return new AccessTokenClaims(
        ISSUER, "an-agent", "https://crm.example.com", "read write", 1, 901, jti);
  }

  /** The JWT with changed claims, and with changed, shortened and lengthened signatures. */
  private static List<String> tampered(String jwt) {
    String[] parts = jwt.split("\\.", -1);
    byte[] signature = Base64.getUrlDecoder().decode(parts[2]);
    byte[] flipped = signature.clone();
    flipped[signature.length / 2] ^= 4;
    String claims = new String(Base64.getUrlDecoder().decode(parts[1]), StandardCharsets.UTF_8);
    return List.of(
        parts[0]
            + "."
            + TestAssertion.base64url((claims + " ").getBytes(StandardCharsets.UTF_8))
            + "."
            + parts[2],
        parts[0] + "." + parts[1] + "." + TestAssertion.base64url(flipped),
        parts[0] + "." + parts[1] + ".",
        parts[0]
            + "."
            + parts[1]
            + "."
            + TestAssertion.base64url(Arrays.copyOf(signature, signature.length - 1)),
        parts[0]
            + "."
            + parts[1]
            + "."
            + TestAssertion.base64url(Arrays.copyOf(signature, signature.length + 1)),
        parts[0] + "." + parts[1] + "." + TestAssertion.base64url(new byte[signature.length]));
  }

  private static SigningKey withPrivateKeyOf(SigningKey key, CryptoProvider provider)
      throws Exception {
    PrivateKey own =
        provider
            .keyFactory(key.algorithm().keyType().jcaName())
            .generatePrivate(new PKCS8EncodedKeySpec(key.privateKey().getEncoded()));
    return new SigningKey(key.kid(), key.algorithm(), key.state(), null, key.publicJwk(), own);
  }

  private static PublicKey publicKey(SigningKey key, CryptoProvider provider) {
    try {
      return provider
          .keyFactory(key.algorithm().keyType().jcaName())
          .generatePublic(new X509EncodedKeySpec(spki(key)));
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private static byte[] spki(SigningKey key) throws Exception {
    if (key.algorithm().keyType() == KeyType.ED25519) {
      return new SubjectPublicKeyInfo(
              new AlgorithmIdentifier(EdECObjectIdentifiers.id_Ed25519),
              key.publicJwk().toOctetKeyPair().getDecodedX())
          .getEncoded();
    }
    return ((AsymmetricJWK) key.publicJwk()).toPublicKey().getEncoded();
  }

  private static byte[] bytes(int value) {
    byte[] bytes = new byte[32];
    Arrays.fill(bytes, (byte) value);
    return bytes;
  }
}
