package io.postern.token;

import static org.assertj.core.api.Assertions.assertThat;

import io.postern.change.Change;
import io.postern.change.ChangeSet;
import io.postern.change.Revision;
import io.postern.client.AssertionAudience;
import io.postern.client.ClientSecret;
import io.postern.client.ClientSettings;
import io.postern.client.RegisteredClient;
import io.postern.client.TokenRateLimiter;
import io.postern.crypto.CryptoProvider;
import io.postern.grant.AccessExplanation;
import io.postern.grant.AccessExplanation.Reason;
import io.postern.grant.AccessExplanation.ScopeReason;
import io.postern.grant.Expiry;
import io.postern.grant.Grant;
import io.postern.grant.ProtectedResource;
import io.postern.grant.RequestedAccess;
import io.postern.grant.ScopeSet;
import io.postern.index.IndexImage;
import io.postern.jose.SignatureAlgorithm;
import io.postern.jose.SigningKey;
import io.postern.jose.SigningKeyGenerator;
import io.postern.jose.SigningKeys;
import io.postern.oauth.GrantType;
import io.postern.oauth.Refusal;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.From;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class TokenExplainerTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final Instant BEFORE = NOW.minusSeconds(1);
  private static final SigningKey KEY =
      new SigningKeyGenerator(CryptoProvider.best())
          .generate(SignatureAlgorithm.ES256, SigningKey.State.ACTIVE);
  private static final RegisteredClient CLIENT =
      new RegisteredClient(
          "agt_1",
          new ClientSettings(
              true,
              Set.of(GrantType.CLIENT_CREDENTIALS),
              AssertionAudience.ISSUER,
              List.of("key"),
              ClientSettings.NO_LIMIT,
              null),
          List.of(new ClientSecret("key", new byte[32], Expiry.NEVER)),
          List.of(),
          List.of(
              grant("urn:a", Expiry.NEVER, "read", "write"),
              grant("urn:b", Expiry.NEVER, "pay"),
              grant("urn:past", Expiry.micros(BEFORE), "read"),
              grant("urn:off", Expiry.NEVER, "read")));

  private static Grant grant(String audience, long expiry, String... scopes) {
    return new Grant(audience, ScopeSet.of(List.of(scopes)), expiry);
  }

  private static IndexImage image(List<SigningKey> keys) {
    return IndexImage.EMPTY.with(
        new ChangeSet(
            new Revision(7),
            List.of(
                new Change.ClientPut(CLIENT),
                resource("urn:a", true),
                resource("urn:b", true),
                resource("urn:past", true),
                resource("urn:off", false),
                new Change.SigningKeysPut(new SigningKeys(keys)))));
  }

  private static Change resource(String audience, boolean active) {
    return new Change.ResourcePut(
        new ProtectedResource("id:" + audience, audience, active, 900, SignatureAlgorithm.ES256));
  }

  private static AccessExplanation explain(
      IndexImage image, boolean stale, String audience, String scope) {
    return new TokenExplainer(image, stale, new TokenRateLimiter(), NOW)
        .explain("agt_1", audience, "", scope);
  }

  @Test
  void explain_staleIndex_isRefused_andStillTellsTheScopes() {
    AccessExplanation told = explain(image(List.of(KEY)), true, "urn:a", "read");
    assertThat(told.refusal()).isEqualTo(Refusal.INDEX_STALE);
    assertThat(told.retryAfterSeconds()).isPositive();
    assertThat(told.scopes())
        .containsExactly(new ScopeReason("read", Reason.GRANTED, List.of("urn:off")));
    assertThat(told.revision()).isEqualTo(7);
  }

  @Test
  void explain_withoutASigningKey_isRefused() {
    AccessExplanation told = explain(image(List.of()), false, "urn:a", "read");
    assertThat(told.refusal()).isEqualTo(Refusal.NO_SIGNING_KEY);
    assertThat(told.token()).isNull();
  }

  @Provide
  Arbitrary<String> audiences() {
    return Arbitraries.of("", "urn:a", "urn:b", "urn:past", "urn:off", "urn:none");
  }

  @Provide
  Arbitrary<String> tokens() {
    return Arbitraries.of("read", "write", "pay", ".all", "other", "urn:a|read", "urn:b|pay", "a|");
  }

  /** Whatever is asked: the token path's decision, and its scopes are those told as granted. */
  @Property(tries = 500)
  void explain_isTheDecision(
      @ForAll("audiences") String audience, @ForAll @Size(max = 4) List<@From("tokens") String> s) {
    IndexImage image = image(List.of(KEY));
    String scope = String.join(" ", s);
    AccessExplanation told = explain(image, false, audience, scope);
    RequestedAccess requested =
        RequestedAccess.of(
            scope.isEmpty() ? null : scope, audience.isEmpty() ? null : audience, List.of());
    switch (AccessDecision.of(CLIENT, GrantType.CLIENT_CREDENTIALS, requested, image, NOW)) {
      case TokenOutcome.Refused refused -> {
        assertThat(told.refusal()).isEqualTo(refused.reason());
        assertThat(told.token()).isNull();
        assertThat(told.scopes()).noneMatch(reason -> reason.reason() == Reason.GRANTED);
      }
      case AccessDecision.Permitted permitted -> {
        assertThat(told.refusal()).isNull();
        assertThat(told.token())
            .isEqualTo(
                new AccessExplanation.Token(permitted.scope(), 900, SignatureAlgorithm.ES256));
        assertThat(
                told.scopes().stream()
                    .filter(reason -> reason.reason() == Reason.GRANTED)
                    .map(ScopeReason::value)
                    .sorted())
            .containsExactly(permitted.scope().split(" "));
      }
    }
  }
}
