package io.postern.grant;

import static org.assertj.core.api.Assertions.assertThat;

import io.postern.oauth.AuthenticationMethod;
import io.postern.oauth.ClientCredentials;
import io.postern.oauth.ClientCredentialsRequest;
import io.postern.oauth.Refusal;
import io.postern.oauth.TokenRequest;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.From;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.constraints.Size;

/** The reading of audience and scope, and the decision on it, against a model in plain sets. */
class ScopeDecisionProperties {
  private static final List<String> SCOPES = List.of("read", "write", "Read", "a:b", "x.y", "!");

  @Provide
  Arbitrary<String> audiences() {
    return Arbitraries.of("https://a.example.com", "urn:b").injectNull(0.4);
  }

  @Provide
  Arbitrary<List<String>> resources() {
    return Arbitraries.frequency(
            Tuple.of(6, "https://a.example.com"),
            Tuple.of(2, "urn:b"),
            Tuple.of(1, "/relative"),
            Tuple.of(1, "https://a.example.com#fragment"))
        .list()
        .ofMaxSize(2);
  }

  @Provide
  Arbitrary<String> tokens() {
    Arbitrary<String> values =
        Arbitraries.oneOf(Arbitraries.of(SCOPES), Arbitraries.of(".all", "unknown"));
    return Arbitraries.oneOf(
        values,
        values,
        values.map(value -> "https://a.example.com|" + value),
        values.map(value -> "urn:b|" + value));
  }

  @Provide
  Arbitrary<Set<String>> granted() {
    return Arbitraries.of(SCOPES).set().ofMinSize(1);
  }

  @Property(tries = 2_000)
  void decision_isThatOfTheModel(
      @ForAll("audiences") String audience,
      @ForAll("resources") List<String> resources,
      @ForAll @Size(max = 5) List<@From("tokens") String> tokens,
      @ForAll("granted") Set<String> granted) {
    String scope = tokens.isEmpty() ? null : String.join(" ", tokens);
    RequestedAccess requested = RequestedAccess.of(request(scope, audience, resources));

    Set<String> named = new TreeSet<>(resources);
    if (audience != null) {
      named.add(audience);
    }
    Set<String> wanted = new TreeSet<>();
    for (String token : tokens) {
      int bar = token.indexOf('|');
      if (bar >= 0) {
        named.add(token.substring(0, bar));
      }
      wanted.add(token.substring(bar + 1));
    }
    boolean malformed =
        resources.contains("/relative") || resources.contains("https://a.example.com#fragment");
    switch (requested) {
      case RequestedAccess.Unclear unclear -> {
        assertThat(malformed || named.size() > 1).isTrue();
        assertThat(unclear.refusal())
            .isIn(
                malformed ? Refusal.MALFORMED_TARGET : Refusal.SEVERAL_TARGETS,
                named.size() > 1 ? Refusal.SEVERAL_TARGETS : Refusal.MALFORMED_TARGET);
      }
      case RequestedAccess.Access access -> {
        assertThat(malformed).isFalse();
        assertThat(named).hasSizeLessThan(2);
        assertThat(access.audience()).isEqualTo(named.isEmpty() ? null : named.iterator().next());
        assertDecision(granted, wanted, access);
      }
    }
  }

  private static void assertDecision(
      Set<String> granted, Set<String> wanted, RequestedAccess.Access access) {
    TreeSet<String> expected = new TreeSet<>(granted);
    if (!wanted.isEmpty() && !wanted.contains(".all")) {
      expected.retainAll(wanted);
    }
    Grant grant = new Grant("urn:any", ScopeSet.of(granted), Expiry.NEVER);
    switch (grant.decide(access.scopes())) {
      case ScopeDecision.Nothing.GRANTED -> assertThat(expected).isEmpty();
      case ScopeDecision.Granted given ->
          assertThat(given.scope()).isNotEmpty().isEqualTo(String.join(" ", expected));
    }
  }

  /** No text whatever asks for more than is granted, and none is an exception. */
  @Property(tries = 1_000)
  void scope_ofAnyText_neverGivesMoreThanIsGranted(
      @ForAll @Size(max = 40) String scope, @ForAll("granted") Set<String> granted) {
    switch (RequestedAccess.of(request(scope.isEmpty() ? null : scope, null, List.of()))) {
      case RequestedAccess.Unclear unclear ->
          assertThat(unclear.refusal())
              .isIn(Refusal.MALFORMED_SCOPE, Refusal.SEVERAL_TARGETS, Refusal.TOO_MANY_SCOPES);
      case RequestedAccess.Access access -> {
        Grant grant = new Grant("urn:any", ScopeSet.of(granted), Expiry.NEVER);
        if (grant.decide(access.scopes()) instanceof ScopeDecision.Granted given) {
          assertThat(granted).contains(given.scope().split(" "));
        }
      }
    }
  }

  private static TokenRequest request(String scope, String audience, List<String> resources) {
    return new ClientCredentialsRequest(
        new ClientCredentials.Secret(AuthenticationMethod.CLIENT_SECRET_BASIC, "agent", "secret"),
        scope,
        audience,
        resources);
  }
}
