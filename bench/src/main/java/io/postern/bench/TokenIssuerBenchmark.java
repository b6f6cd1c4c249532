package io.postern.bench;

import io.postern.crypto.CryptoProvider;
import io.postern.index.IndexImage;
import io.postern.jose.SignatureAlgorithm;
import io.postern.jose.SigningKey;
import io.postern.token.TokenOutcome;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.Signature;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
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
 * How much does a token cost beyond its signature?
 *
 * <p>1,024 agents take turns; each asks for three scopes of an audience on which it has eight. From
 * the form's bytes and the Authorization header to the outcome, without HTTP. The floor is the bare
 * signature of the same provider, key and signing input.
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
  private SampleRequest[] withSecret;
  private int next;
  private Signature signature;
  private byte[] signingInput;

  @Setup
  public void setUp() throws GeneralSecurityException {
    SampleRegistry registry = new SampleRegistry(CryptoProvider.best(), algorithm, SERVICES);
    IndexImage image = registry.image(AGENTS);
    path = new TokenPath(registry, image);
    withSecret =
        IntStream.range(0, AGENTS)
            .mapToObj(i -> SampleRequest.withSecret(registry, i))
            .toArray(SampleRequest[]::new);
    signingInput = signingInput(path.answer(withSecret[0], now));
    SigningKey key = registry.signingKey();
    signature = algorithm.newSignature(registry.crypto());
    signature.initSign(key.privateKey());
  }

  @Benchmark
  public TokenOutcome issue_secret() {
    return path.answer(withSecret[next++ & (AGENTS - 1)], now);
  }

  @Benchmark
  public byte[] floor_secret() throws GeneralSecurityException {
    signature.update(signingInput);
    return signature.sign();
  }

  private static byte[] signingInput(TokenOutcome outcome) {
    if (!(outcome instanceof TokenOutcome.Issued issued)) {
      throw new IllegalStateException("no token: " + outcome);
    }
    var response = issued.response();
    String json = new String(response.array(), 0, response.length(), StandardCharsets.US_ASCII);
    int start = json.indexOf("eyJ");
    return json.substring(start, json.lastIndexOf('.')).getBytes(StandardCharsets.US_ASCII);
  }
}
