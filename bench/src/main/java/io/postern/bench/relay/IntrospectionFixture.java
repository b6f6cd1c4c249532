package io.postern.bench.relay;

import com.nimbusds.jose.JOSEException;
import io.postern.change.Change;
import io.postern.change.ChangeSet;
import io.postern.change.Revision;
import io.postern.client.AssertionAudience;
import io.postern.client.AssertionRules;
import io.postern.client.AssertionVerifier;
import io.postern.client.AttemptLimiter;
import io.postern.client.ClientAuthenticator;
import io.postern.client.ClientSecret;
import io.postern.client.ClientSettings;
import io.postern.client.CredentialUses;
import io.postern.client.RegisteredClient;
import io.postern.client.ReplayGuard;
import io.postern.client.SecretVerifier;
import io.postern.client.TokenRateLimiter;
import io.postern.crypto.CryptoProvider;
import io.postern.crypto.RandomIds;
import io.postern.crypto.SecretHashKey;
import io.postern.grant.Expiry;
import io.postern.grant.ProtectedResource;
import io.postern.http.ClientSource;
import io.postern.http.CrossOrigin;
import io.postern.http.Decisions;
import io.postern.http.FormReader;
import io.postern.http.IntrospectionEndpoint;
import io.postern.http.ListenerSettings;
import io.postern.http.OpenConnections;
import io.postern.http.PublicListener;
import io.postern.http.PublicRoutes;
import io.postern.http.RequestBodies;
import io.postern.http.RequestQueue;
import io.postern.http.Traffic;
import io.postern.index.GrantIndex;
import io.postern.index.IndexImage;
import io.postern.jose.AccessTokenVerifier;
import io.postern.jose.DecoyKeys;
import io.postern.jose.SignatureAlgorithm;
import io.postern.jose.SigningKey;
import io.postern.jose.SigningKeyGenerator;
import io.postern.jose.SigningKeys;
import io.postern.oauth.GrantType;
import io.postern.oauth.Issuer;
import io.postern.oauth.PresentedToken;
import io.postern.token.AccessTokenClaims;
import io.postern.token.AccessTokenSigner;
import io.postern.token.SlowSigner;
import io.postern.token.TokenIntrospector;
import io.postern.tracing.TokenSpans;
import io.vertx.core.Context;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.Signature;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The public listener with introspection on it, by an index of one agent and one service with a
 * secret; nothing of it is left out.
 */
final class IntrospectionFixture {
  static final String PATH = "/oauth2/introspect";
  static final String SERVICE = "svc_0123456789012345678901";
  static final String SECRET = "pcs_0123456789012345678901234567890123456789012";

  private static final String AGENT = "agt_0123456789012345678901";
  private static final String AUDIENCE = "https://service.example.com/api";
  private static final String SCOPE = "contacts:read invoices:read orders:write";
  private static final String ISSUER = "http://localhost:8080";
  private static final Duration LIFE = Duration.ofHours(12);

  private final CryptoProvider crypto = CryptoProvider.best();
  private final SecretHashKey hashKey = new SecretHashKey("1", new byte[32]);
  private final SigningKey signingKey =
      new SigningKeyGenerator(crypto).generate(SignatureAlgorithm.ES256, SigningKey.State.ACTIVE);
  private final GrantIndex index = new GrantIndex(Duration.ofDays(1));
  private final DecoyKeys decoys = new DecoyKeys(crypto);
  private final long issuedAt = Instant.now().getEpochSecond();

  IntrospectionFixture() {
    index.publish(
        IndexImage.EMPTY.with(
            new ChangeSet(
                new Revision(1),
                List.of(
                    new Change.SigningKeysPut(new SigningKeys(List.of(signingKey))),
                    new Change.ResourcePut(
                        new ProtectedResource(
                            SERVICE, AUDIENCE, true, 900, SignatureAlgorithm.ES256)),
                    new Change.ClientPut(client(AGENT, Set.of(GrantType.CLIENT_CREDENTIALS))),
                    new Change.ClientPut(client(SERVICE, Set.of()))))));
    index.confirm(System.nanoTime());
  }

  private RegisteredClient client(String id, Set<GrantType> grantTypes) {
    return new RegisteredClient(
        id,
        new ClientSettings(
            true,
            grantTypes,
            AssertionAudience.ISSUER,
            List.of(hashKey.id()),
            ClientSettings.NO_LIMIT,
            null),
        List.of(new ClientSecret(hashKey.id(), hashKey.hash(crypto, SECRET), Expiry.NEVER)),
        List.of(),
        List.of());
  }

  /** A listener on a port of the loopback. */
  PublicListener listener(int port) {
    return new PublicListener(
        new ListenerSettings(
            new ListenerSettings.Address("127.0.0.1", port),
            new ListenerSettings.Address("127.0.0.1", port),
            1,
            20_000,
            List.of(),
            List.of(),
            new ListenerSettings.Drain(Duration.ZERO, Duration.ofSeconds(1)),
            false),
        null,
        new Traffic(),
        () -> false,
        null,
        Duration.ofMinutes(1),
        this::endpoints);
  }

  private PublicRoutes endpoints(Context context, OpenConnections connections) {
    PublicRoutes routes = new PublicRoutes(new Issuer(ISSUER), new CrossOrigin(List.of()));
    new IntrospectionEndpoint(
            new FormReader(
                RequestBodies.ofForms(context.owner(), () -> false),
                new RequestQueue(context, new Traffic()),
                PresentedToken::isParameter),
            index,
            introspector(),
            // decisions are made, as with any listener
            new Decisions(event -> {}, TokenSpans.NONE, new RandomIds(crypto.secureRandom())),
            new ClientSource(List.of()),
            Clock.systemUTC())
        .mount(routes);
    return routes;
  }

  private TokenIntrospector introspector() {
    AssertionRules rules =
        new AssertionRules(ISSUER, Set.of(), Duration.ofMinutes(5), Duration.ofSeconds(10));
    return new TokenIntrospector(
        ISSUER,
        new ClientAuthenticator(
            new SecretVerifier(crypto, () -> List.of(hashKey)),
            new AssertionVerifier(rules, crypto, decoys),
            (use, now, answer) -> answer.accept(ReplayGuard.Verdict.FIRST_USE),
            new AttemptLimiter(),
            new CredentialUses()),
        new AccessTokenVerifier(crypto, ISSUER),
        new TokenRateLimiter(),
        crypto,
        new SlowSigner(crypto, IntrospectionFixture::refuse));
  }

  private static <T> void refuse(Supplier<T> work, Consumer<@Nullable T> then) {
    throw new IllegalStateException("nothing is slow here");
  }

  /** So many tokens of the agent for the service, all of the same length. */
  List<String> tokens(int count) {
    AccessTokenSigner signer = new AccessTokenSigner(crypto);
    return IntStream.range(0, count)
        .mapToObj(
            i ->
                signer.sign(
                    new AccessTokenClaims(
                        ISSUER,
                        AGENT,
                        AUDIENCE,
                        SCOPE,
                        issuedAt,
                        issuedAt + LIFE.toSeconds(),
                        "%022d".formatted(i)),
                    signingKey))
        .toList();
  }

  /** What is answered about each of them, but for its jti. */
  String answer() {
    return """
    {"active":true,"scope":"%s","client_id":"%s","token_type":"Bearer","exp":%d,"iat":%d,\
    "sub":"%s","aud":"%s","iss":"%s","jti":"%022d"}\
    """
        .formatted(SCOPE, AGENT, issuedAt + LIFE.toSeconds(), issuedAt, AGENT, AUDIENCE, ISSUER, 0);
  }

  /** Verifies one signature of ES256 each time, with a key that is ready. */
  Supplier<Boolean> verification() {
    String token = tokens(1).getFirst();
    int dot = token.lastIndexOf('.');
    byte[] signed = token.substring(0, dot).getBytes(StandardCharsets.US_ASCII);
    byte[] bytes = Base64.getUrlDecoder().decode(token.substring(dot + 1));
    Signature signature = SignatureAlgorithm.ES256.newSignature(crypto);
    PublicKey key;
    try {
      key = signingKey.publicJwk().toECKey().toPublicKey();
    } catch (JOSEException e) {
      throw new IllegalStateException(e);
    }
    return () -> {
      try {
        signature.initVerify(key);
        signature.update(signed);
        return signature.verify(bytes);
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException(e);
      }
    };
  }
}
