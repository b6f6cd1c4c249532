package io.postern.bench;

import io.postern.crypto.CryptoProvider;
import io.postern.jose.SignatureAlgorithm;
import io.postern.jose.SigningKey;
import io.postern.jose.SigningKeyGenerator;
import io.postern.token.AccessTokenClaims;
import io.postern.token.AccessTokenSigner;
import java.security.GeneralSecurityException;
import java.util.concurrent.TimeUnit;
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
 * How long does a provider take to sign an access token, and how much is the writing of it?
 *
 * <p>One token with three scopes, over and over, as text; the token path writes it into the bytes
 * of its answer instead. The floor is the bare signature of its signing input; Nimbus makes the
 * same token with the same provider and key.
 *
 * <p>{@code bench/jmh AccessTokenSignerBenchmark}
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(3)
public class AccessTokenSignerBenchmark {
  /** Who makes the signatures. */
  @Param({"ACCP", "BOUNCYCASTLE", "JDK"})
  public CryptoProvider.Choice provider = CryptoProvider.Choice.ACCP;

  /** What the token is signed with. */
  @Param({"ES256", "RS256", "PS256", "EDDSA"})
  public SignatureAlgorithm algorithm = SignatureAlgorithm.ES256;

  private final AccessTokenClaims claims =
      new AccessTokenClaims(
          SampleRegistry.ISSUER,
          SampleRegistry.clientId(1),
          "https://service-00001.example.com/api",
          "contacts:read contacts:write tickets:read",
          1_700_000_000,
          1_700_000_900,
          "0123456789abcdefghijkl");
  private SigningKey key;
  private AccessTokenSigner signer;
  private NimbusTokenSigner nimbus;
  private BareSignature bare;

  @Setup
  public void setUp() throws GeneralSecurityException {
    CryptoProvider crypto = CryptoProvider.choose(provider);
    key = new SigningKeyGenerator(crypto).generate(algorithm, SigningKey.State.ACTIVE);
    signer = new AccessTokenSigner(crypto);
    nimbus = new NimbusTokenSigner(crypto, key);
    bare = new BareSignature(crypto, algorithm, key.privateKey(), signer.sign(claims, key));
  }

  @Benchmark
  public String sign() {
    return signer.sign(claims, key);
  }

  @Benchmark
  public byte[] floor() throws GeneralSecurityException {
    return bare.sign();
  }

  @Benchmark
  public String nimbus() {
    return nimbus.sign(claims);
  }
}
