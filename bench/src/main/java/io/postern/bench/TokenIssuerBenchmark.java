package io.postern.bench;

import io.postern.crypto.CryptoProvider;
import io.postern.jose.SignatureAlgorithm;
import io.postern.oauth.ParsedTokenRequest;
import io.postern.oauth.TokenRequest;
import io.postern.token.AccessTokenResponse;
import io.postern.token.TokenOutcome;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What does a token cost beyond its signature?
 *
 * <p>1,024 agents take turns; each asks for three scopes of an audience on which it has eight. From
 * the form's bytes and the Authorization header to the bytes of the answer, without HTTP.
 * Assertions are signed with ES256 whatever the token is signed with, and come again and again: the
 * replay guard is a stub here, see {@link ReplayGuardBenchmark}.
 *
 * <p>The floor is the bare signature with the same provider, key and length of the signing input,
 * for {@code private_key_jwt} with the bare verification before it. Nimbus is the short way to do
 * the same, with the same provider and keys.
 *
 * <p>{@code bench/jmh TokenIssuerBenchmark}
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(3)
public class TokenIssuerBenchmark {
  private static final int AGENTS = 1024;
  private static final int SERVICES = 16;

  /** What the tokens are signed with. */
  @Param({"ES256", "RS256", "PS256", "EDDSA"})
  public SignatureAlgorithm algorithm = SignatureAlgorithm.ES256;

  private final Instant now = Instant.now();
  private TokenPath path;
  private NimbusTokenPath nimbus;
  private SampleRequest[] withSecret;
  private SampleRequest[] withAssertion;
  private int next;
  private BareSignature token;
  private BareVerification assertion;

  @Setup
  public void setUp() throws Exception {
    CryptoProvider crypto = CryptoProvider.best();
    SampleRegistry registry = new SampleRegistry(crypto, algorithm, SERVICES);
    path = new TokenPath(registry, registry.image(AGENTS));
    nimbus = new NimbusTokenPath(registry, AGENTS);
    withSecret = requests(i -> SampleRequest.withSecret(registry, i));
    withAssertion = requests(i -> SampleRequest.withAssertion(registry, i, now));
    token =
        new BareSignature(
            crypto,
            algorithm,
            registry.signingKey().privateKey(),
            jwt(path.answer(withSecret[0], now)));
    assertion =
        new BareVerification(
            crypto,
            SignatureAlgorithm.ES256,
            registry.keyPair(0).getPublic(),
            SampleRequest.assertion(registry, 0, now));
    // a path that refuses would be fast
    jwt(path.answer(withAssertion[0], now));
    nimbus.answer(withSecret[0], now);
    nimbus.answer(withAssertion[0], now);
  }

  @Benchmark
  public TokenOutcome issue_secret() {
    return path.answer(withSecret[next()], now);
  }

  /** The part of {@link #issue_secret} that comes before the issuer. */
  @Benchmark
  public ParsedTokenRequest parse_secret() {
    SampleRequest request = withSecret[next()];
    return TokenRequest.parse(request.form(), request.authorization());
  }

  @Benchmark
  public byte[] floor_secret() throws GeneralSecurityException {
    return token.sign();
  }

  @Benchmark
  public String nimbus_secret() throws Exception {
    return nimbus.answer(withSecret[next()], now);
  }

  @Benchmark
  public TokenOutcome issue_privateKeyJwt() {
    return path.answer(withAssertion[next()], now);
  }

  @Benchmark
  public byte[] floor_privateKeyJwt() throws GeneralSecurityException {
    if (!assertion.verify()) {
      throw new IllegalStateException("the assertion's signature is not its own");
    }
    return token.sign();
  }

  @Benchmark
  public String nimbus_privateKeyJwt() throws Exception {
    return nimbus.answer(withAssertion[next()], now);
  }

  private int next() {
    return next++ & (AGENTS - 1);
  }

  private static SampleRequest[] requests(IntFunction<SampleRequest> requestOfAgent) {
    return IntStream.range(0, AGENTS).mapToObj(requestOfAgent).toArray(SampleRequest[]::new);
  }

  private static String jwt(TokenOutcome outcome) {
    if (!(outcome instanceof TokenOutcome.Issued issued)) {
      throw new IllegalStateException("no token: " + outcome);
    }
    AccessTokenResponse response = issued.response();
    String json = new String(response.array(), 0, response.length(), StandardCharsets.US_ASCII);
    // {"access_token":"…
    return json.split("\"", 5)[3];
  }
}
