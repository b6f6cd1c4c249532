package io.postern.bench;

import io.postern.crypto.CryptoProvider;
import io.postern.jose.SignatureAlgorithm;
import io.postern.oauth.Refusal;
import io.postern.token.TokenOutcome;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import javax.crypto.Mac;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * How cheaply is a request refused? Whoever floods the endpoint with such should pay more than it.
 *
 * <p>1,024 agents take turns with {@code client_secret_basic}. Three seconds pass between two
 * requests, so that the limit on guessing, which counts the failures, never answers instead. The
 * floor is the bare keyed hash of a secret.
 *
 * <p>{@code bench/jmh TokenRefusalBenchmark}
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(3)
public class TokenRefusalBenchmark {
  private static final int AGENTS = 1024;
  private static final int SERVICES = 16;
  private static final int SECONDS_BETWEEN = 3;

  private Instant now = Instant.now();
  private TokenPath path;
  private SampleRequest[] wrongSecret;
  private SampleRequest[] unknownClient;
  private SampleRequest[] ungrantedAudience;
  private SampleRequest malformedBody;
  private int next;
  private Mac mac;
  private byte[] secret;

  @Setup
  public void setUp() {
    CryptoProvider crypto = CryptoProvider.best();
    SampleRegistry registry = new SampleRegistry(crypto, SignatureAlgorithm.ES256, SERVICES);
    path = new TokenPath(registry, registry.image(AGENTS));
    wrongSecret =
        requests(
            Refusal.WRONG_SECRET,
            i -> request(i, SampleRegistry.secret(i + 1), registry.grantedAudience(i)));
    unknownClient =
        requests(Refusal.UNKNOWN_CLIENT, i -> SampleRequest.withSecret(registry, AGENTS + i));
    ungrantedAudience =
        requests(
            Refusal.UNGRANTED_TARGET,
            i ->
                request(
                    i,
                    SampleRegistry.secret(i),
                    registry.grantedAudience(i + SampleRegistry.GRANTS)));
    malformedBody =
        requests(
            Refusal.MALFORMED_BODY,
            i ->
                new SampleRequest(
                    "grant_type=client_credentials&scope=contacts%3read"
                        .getBytes(StandardCharsets.US_ASCII),
                    SampleRequest.withSecret(registry, i).authorization()))[0];
    mac = registry.hashKey().newMac(crypto);
    secret = SampleRegistry.secret(0).getBytes(StandardCharsets.US_ASCII);
  }

  @Benchmark
  public TokenOutcome refuse_wrongSecret() {
    return answer(wrongSecret[next()]);
  }

  @Benchmark
  public TokenOutcome refuse_unknownClient() {
    return answer(unknownClient[next()]);
  }

  @Benchmark
  public TokenOutcome refuse_ungrantedAudience() {
    return answer(ungrantedAudience[next()]);
  }

  @Benchmark
  public TokenOutcome refuse_malformedBody() {
    return answer(malformedBody);
  }

  @Benchmark
  public byte[] floor() {
    return mac.doFinal(secret);
  }

  private TokenOutcome answer(SampleRequest request) {
    now = now.plusSeconds(SECONDS_BETWEEN);
    return path.answer(request, now);
  }

  private int next() {
    return next++ & (AGENTS - 1);
  }

  private static SampleRequest request(int agent, String secret, String audience) {
    return SampleRequest.withSecret(SampleRegistry.clientId(agent), secret, audience);
  }

  private SampleRequest[] requests(Refusal expected, IntFunction<SampleRequest> requestOfAgent) {
    SampleRequest[] requests =
        IntStream.range(0, AGENTS).mapToObj(requestOfAgent).toArray(SampleRequest[]::new);
    if (!(answer(requests[0]) instanceof TokenOutcome.Refused refused)
        || refused.reason() != expected) {
      throw new IllegalStateException("not refused as " + expected);
    }
    return requests;
  }
}
