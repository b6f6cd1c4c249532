package io.postern.bench.peers;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.source.ImmutableJWKSet;
import com.nimbusds.jose.proc.BadJOSEException;
import com.nimbusds.jose.proc.DefaultJOSEObjectTypeVerifier;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jose.util.JSONObjectUtils;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.proc.DefaultJWTClaimsVerifier;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.text.ParseException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.Objects;
import java.util.Set;

/** A look at one token of each peer before anything is measured: all do the same work, or none. */
final class TokenCheck implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final Duration PAUSE = Duration.ofMillis(200);

  private final HttpClient http =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();

  /**
   * Waits until a peer serves its keys.
   *
   * @throws PeersException when it ends before, or takes too long
   */
  void awaitReady(PeerProcess running) throws InterruptedException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!servesKeys(running)) {
      running.requireAlive();
      if (System.nanoTime() > deadline) {
        throw new PeersException(running.peer().id() + " is not up after " + PATIENCE);
      }
      Thread.sleep(PAUSE);
    }
  }

  private boolean servesKeys(PeerProcess running) throws InterruptedException {
    try {
      return get(running.url(running.peer().keysPath())).statusCode() == 200;
    } catch (IOException e) {
      return false; // not listening yet
    }
  }

  /**
   * Gets a token and checks it: signed with ES256 by a published key; issuer, audience, client and
   * scope are right.
   *
   * @param credentials id and secret, with a colon between
   * @throws PeersException when it is not so
   */
  void check(PeerProcess running, String credentials) throws IOException, InterruptedException {
    Peer peer = running.peer();
    HttpRequest request =
        HttpRequest.newBuilder(running.url(peer.tokenPath()))
            .header("Content-Type", "application/x-www-form-urlencoded")
            .header(
                "Authorization",
                "Basic " + Base64.getEncoder().encodeToString(credentials.getBytes(UTF_8)))
            .POST(HttpRequest.BodyPublishers.ofString(peer.form()))
            .build();
    HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
    if (response.statusCode() != 200) {
      throw new PeersException(
          "%s answers %d: %s".formatted(peer.id(), response.statusCode(), response.body()));
    }
    try {
      String token =
          JSONObjectUtils.getString(JSONObjectUtils.parse(response.body()), "access_token");
      String keys = get(running.url(peer.keysPath())).body();
      JWTClaimsSet claims = verified(token, keys, running.url(peer.issuerPath()));
      requireClient(peer, claims);
      requireScope(peer, claims);
    } catch (ParseException | BadJOSEException | JOSEException e) {
      throw new PeersException(peer.id() + " issues a wrong token: " + e.getMessage());
    }
  }

  private static JWTClaimsSet verified(String token, String keys, URI issuer)
      throws ParseException, BadJOSEException, JOSEException {
    DefaultJWTProcessor<SecurityContext> processor = new DefaultJWTProcessor<>();
    processor.setJWSTypeVerifier(
        new DefaultJOSEObjectTypeVerifier<>(
            new JOSEObjectType("at+jwt"), JOSEObjectType.JWT, null));
    processor.setJWSKeySelector(
        new JWSVerificationKeySelector<>(
            JWSAlgorithm.ES256, new ImmutableJWKSet<>(JWKSet.parse(keys))));
    processor.setJWTClaimsSetVerifier(
        new DefaultJWTClaimsVerifier<>(
            Peer.AUDIENCE,
            new JWTClaimsSet.Builder().issuer(issuer.toString()).build(),
            Set.of("sub", "iat", "exp", "jti")));
    return processor.process(token, null);
  }

  private static void requireClient(Peer peer, JWTClaimsSet claims) {
    // Keycloak's sub is the service account of the client.
    Object client = peer == Peer.KEYCLOAK ? claims.getClaim("client_id") : claims.getSubject();
    if (!Peer.CLIENT_ID.equals(client)) {
      throw new PeersException(peer.id() + " issues a token to " + client);
    }
  }

  private static void requireScope(Peer peer, JWTClaimsSet claims) throws ParseException {
    // Spring Authorization Server writes a list, the others a string as in RFC 9068 §2.2.3.
    Object scope = Objects.requireNonNullElse(claims.getClaim("scope"), "");
    Set<String> scopes =
        scope instanceof String string
            ? Set.copyOf(Arrays.asList(string.split(" ")))
            : Set.copyOf(claims.getStringListClaim("scope"));
    if (peer.form().contains("scope=") && !scopes.equals(Set.of(Peer.SCOPE))) {
      throw new PeersException(peer.id() + " issues a token with the scope " + scopes);
    }
  }

  private HttpResponse<String> get(URI url) throws IOException, InterruptedException {
    return http.send(
        HttpRequest.newBuilder(url).build(), HttpResponse.BodyHandlers.ofString(UTF_8));
  }

  @Override
  public void close() {
    http.close();
  }
}
