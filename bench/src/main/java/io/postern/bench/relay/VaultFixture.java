package io.postern.bench.relay;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import io.postern.change.Change;
import io.postern.change.ChangeSet;
import io.postern.change.Revision;
import io.postern.client.AssertionAudience;
import io.postern.client.ClientSettings;
import io.postern.client.CredentialRateLimiter;
import io.postern.client.RegisteredClient;
import io.postern.crypto.CryptoProvider;
import io.postern.crypto.RandomIds;
import io.postern.crypto.SealingKeys;
import io.postern.grant.Expiry;
import io.postern.http.ClientSource;
import io.postern.http.CrossOrigin;
import io.postern.http.Decisions;
import io.postern.http.HandedValues;
import io.postern.http.ListenerSettings;
import io.postern.http.ObtainEndpoint;
import io.postern.http.OpenConnections;
import io.postern.http.PublicListener;
import io.postern.http.PublicRoutes;
import io.postern.http.SealedValues;
import io.postern.http.Traffic;
import io.postern.http.VaultAccess;
import io.postern.index.GrantIndex;
import io.postern.index.IndexImage;
import io.postern.jose.AccessTokenVerifier;
import io.postern.jose.SignatureAlgorithm;
import io.postern.jose.SigningKey;
import io.postern.jose.SigningKeyGenerator;
import io.postern.jose.SigningKeys;
import io.postern.oauth.GrantType;
import io.postern.oauth.Issuer;
import io.postern.relay.AddressPolicy;
import io.postern.relay.RelayEndpoint;
import io.postern.relay.RelayParts;
import io.postern.relay.RelaySettings;
import io.postern.relay.Targets;
import io.postern.tracing.TokenSpans;
import io.postern.vault.BusinessType;
import io.postern.vault.CredentialKind;
import io.postern.vault.CredentialLink;
import io.postern.vault.HostedCredential;
import io.postern.vault.RelayTarget;
import io.postern.vault.SealedValue;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.nio.charset.StandardCharsets;
import java.security.interfaces.ECPrivateKey;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Set;

/**
 * The public listener with the vault and the relay on it, by an index of one agent that is linked
 * to one LLM credential; nothing of it is left out but the database.
 */
final class VaultFixture {
  static final String IDENTIFIER = "model";
  static final String VALUE = "sk-0123456789012345678901234567890123456789";
  static final String CONTEXT = SealedValue.context("cred", "val");

  private static final String AGENT = "agent";
  private static final String ISSUER = "http://localhost:8080";

  private final CryptoProvider crypto = CryptoProvider.best();
  private final SealingKeys keys = SealingKeys.NONE.withOlder("1", new byte[32]);
  private final SealedValue value =
      new SealedValue(
          "val", keys.seal(VALUE.getBytes(StandardCharsets.UTF_8), CONTEXT), Expiry.NEVER);
  private final SigningKey signingKey =
      new SigningKeyGenerator(crypto).generate(SignatureAlgorithm.ES256, SigningKey.State.ACTIVE);
  private final GrantIndex index = new GrantIndex(Duration.ofDays(1));
  private final HandedValues values =
      new SealedValues(() -> keys, (client, now) -> Future.failedFuture("there is none"));
  private final RelayParts relay;
  private final CredentialRateLimiter limiter = new CredentialRateLimiter();

  /**
   * @param targetPort of the loopback, without TLS
   */
  VaultFixture(int targetPort) {
    RelaySettings defaults = RelaySettings.DEFAULT;
    this.relay =
        new RelayParts(
            new Targets(
                new RelaySettings(
                    defaults.deadlines(),
                    defaults.maxRequests(),
                    defaults.maxConnections(),
                    AddressPolicy.allowing(List.of("127.0.0.1")),
                    true,
                    List.of())),
            values);
    IndexImage.Builder image = IndexImage.EMPTY.edit();
    image.apply(
        new ChangeSet(
            new Revision(1),
            List.of(
                new Change.SigningKeysPut(new SigningKeys(List.of(signingKey))),
                new Change.CredentialPut(credential(targetPort)),
                new Change.ClientPut(agent()),
                new Change.ClientLinked(
                    AGENT,
                    List.of(
                        new CredentialLink(
                            "cred", true, true, CredentialLink.NO_LIMIT, Expiry.NEVER))))));
    index.publish(image.build());
    index.confirm(System.nanoTime());
  }

  SealingKeys keys() {
    return keys;
  }

  SealedValue value() {
    return value;
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
    Decisions decisions =
        new Decisions(
            // decisions are made, as with any listener
            event -> {},
            TokenSpans.NONE,
            new RandomIds(crypto.secureRandom()));
    VaultAccess access = new VaultAccess(index, new AccessTokenVerifier(crypto, ISSUER), limiter);
    ClientSource source = new ClientSource(List.of());
    new ObtainEndpoint(index, access, values, decisions, source, Clock.systemUTC()).mount(routes);
    new RelayEndpoint(
            index, access, decisions, source, Clock.systemUTC(), relay, context, connections)
        .mount(routes);
    return routes;
  }

  /** An access token of the agent. */
  String token() {
    Instant now = Instant.now();
    SignedJWT token =
        new SignedJWT(
            new JWSHeader.Builder(JWSAlgorithm.ES256)
                .type(new JOSEObjectType("at+jwt"))
                .keyID(signingKey.kid())
                .build(),
            new JWTClaimsSet.Builder()
                .issuer(ISSUER)
                .subject(AGENT)
                .audience("urn:postern:vault")
                .claim("client_id", AGENT)
                .claim("scope", "credential:obtain credential:relay")
                .jwtID("1")
                .issueTime(Date.from(now))
                .expirationTime(Date.from(now.plus(Duration.ofDays(1))))
                .build());
    try {
      token.sign(new ECDSASigner((ECPrivateKey) signingKey.privateKey(), Curve.P_256));
    } catch (JOSEException e) {
      throw new IllegalStateException(e);
    }
    return token.serialize();
  }

  private HostedCredential credential(int targetPort) {
    RelayTarget target =
        RelayTarget.find(
            JsonNodeFactory.instance
                .objectNode()
                .put("base_url", "http://127.0.0.1:" + targetPort));
    return new HostedCredential(
        "cred",
        IDENTIFIER,
        BusinessType.LLM,
        CredentialKind.API_KEY,
        null,
        CredentialLink.NO_LIMIT,
        Expiry.NEVER,
        target,
        null,
        List.of(value),
        null);
  }

  private static RegisteredClient agent() {
    return new RegisteredClient(
        AGENT,
        new ClientSettings(
            true,
            Set.of(GrantType.CLIENT_CREDENTIALS),
            AssertionAudience.ISSUER,
            List.of(),
            ClientSettings.NO_LIMIT,
            null),
        List.of(),
        List.of(),
        List.of());
  }
}
