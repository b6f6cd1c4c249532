package io.postern.bench;

import io.postern.grant.Expiry;
import io.postern.grant.Grant;
import io.postern.grant.RequestedAccess;
import io.postern.grant.ScopeDecision;
import io.postern.grant.ScopeSet;
import io.postern.oauth.AuthenticationMethod;
import io.postern.oauth.ClientCredentials;
import io.postern.oauth.ClientCredentialsRequest;
import io.postern.oauth.TokenRequest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
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
import org.openjdk.jmh.infra.Blackhole;

/**
 * What does the decision on the scopes cost, from the scope parameter to the token's scope claim?
 *
 * <p>A grant of some scope values and a request for some, in no order, the half of which (of the
 * smaller number, at least one) is granted; each value has 14 characters. The floor looks at each
 * character of the parameter once and writes the answer that is known beforehand. Naive is a set of
 * the parameter's parts that retains what is granted.
 *
 * <p>{@code bench/jmh ScopeDecisionBenchmark}
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(3)
public class ScopeDecisionBenchmark {
  private static final String AUDIENCE = "https://service-00001.example.com/api";

  /** Scope values in the grant. */
  @Param({"1", "8", "64", "512"})
  public int granted;

  /** Scope values in the request. */
  @Param({"1", "8", "64", "512"})
  public int requested;

  private Grant grant;
  private Set<String> grantedSet;
  private TokenRequest request;
  private String parameter;
  private List<String> answer;

  @Setup
  public void setUp() {
    int common = Math.max(1, Math.min(granted, requested) / 2);
    List<String> scopes = values("granted", granted).toList();
    List<String> asked =
        new ArrayList<>(
            Stream.concat(scopes.stream().limit(common), values("unknown", requested - common))
                .toList());
    Collections.shuffle(asked, new Random(1));
    grant = new Grant(AUDIENCE, ScopeSet.of(scopes), Expiry.NEVER);
    grantedSet = Set.copyOf(scopes);
    parameter = String.join(" ", asked);
    answer = scopes.subList(0, common);
    request =
        new ClientCredentialsRequest(
            new ClientCredentials.Secret(AuthenticationMethod.CLIENT_SECRET_BASIC, "id", "secret"),
            parameter,
            AUDIENCE,
            List.of());
    String expected = String.join(" ", answer);
    if (!decide().equals(expected) || !naive().equals(expected)) {
      throw new IllegalStateException("decided otherwise than " + expected);
    }
  }

  @Benchmark
  public String decide() {
    if (RequestedAccess.of(request) instanceof RequestedAccess.Access access
        && grant.decide(access.scopes()) instanceof ScopeDecision.Granted decision) {
      return decision.scope();
    }
    throw new IllegalStateException("nothing granted");
  }

  @Benchmark
  public String floor(Blackhole blackhole) {
    int spaces = 0;
    for (int i = 0; i < parameter.length(); i++) {
      if (parameter.charAt(i) == ' ') {
        spaces++;
      }
    }
    blackhole.consume(spaces);
    return String.join(" ", answer);
  }

  @Benchmark
  public String naive() {
    Set<String> scopes = new HashSet<>(List.of(parameter.split(" ")));
    scopes.retainAll(grantedSet);
    return String.join(" ", new TreeSet<>(scopes));
  }

  private static Stream<String> values(String prefix, int count) {
    return IntStream.range(0, count).mapToObj(i -> "%s:%06d".formatted(prefix, i));
  }
}
