package io.postern.provider;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import io.postern.crypto.CryptoProvider;
import io.postern.crypto.RandomIds;
import io.postern.vault.OAuthClient;
import io.postern.vault.VaultRefusal;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.SocketAddress;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.interfaces.ECPrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.text.ParseException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;

/**
 * Asks providers' token endpoints over HTTP (RFC 6749 §4.4.2). Confined to one thread at a time.
 */
public final class ProviderClient implements TokenRequester {
  /** How long a provider may take. */
  static final Duration TIMEOUT = Duration.ofSeconds(10);

  private static final int LARGEST_ANSWER = 64 * 1024;
  private static final Duration ASSERTION_LIFE = Duration.ofMinutes(1);
  private static final String ASSERTION_TYPE =
      "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

  /** Which address may be called for a name. */
  @FunctionalInterface
  public interface Addresses {
    /**
     * The address to connect to.
     *
     * @param tls whether it is by https
     * @return failed when none may be called, or when there is none
     */
    Future<SocketAddress> find(String host, int port, boolean tls);
  }

  private final HttpClient http;
  private final Addresses addresses;
  private final CryptoProvider crypto;
  private final RandomIds ids;
  private final Clock clock;

  /**
   * @param http verifies TLS and follows no redirects
   */
  public ProviderClient(HttpClient http, Addresses addresses, CryptoProvider crypto, Clock clock) {
    this.http = http;
    this.addresses = addresses;
    this.crypto = crypto;
    this.ids = new RandomIds(crypto.secureRandom());
    this.clock = clock;
  }

  @Override
  public Future<TokenResponse> request(OAuthClient client, byte[] secret) {
    URI endpoint = URI.create(client.tokenEndpoint());
    boolean tls = "https".equalsIgnoreCase(endpoint.getScheme());
    int port = endpoint.getPort() < 0 ? (tls ? 443 : 80) : endpoint.getPort();
    return addresses
        .find(endpoint.getHost(), port, tls)
        .compose(address -> http.request(options(endpoint, tls, port, address)))
        .compose(request -> send(request, client, secret))
        .timeout(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
        .recover(e -> Future.succeededFuture(failed(e)));
  }

  private static RequestOptions options(
      URI endpoint, boolean tls, int port, SocketAddress address) {
    String query = endpoint.getRawQuery() == null ? "" : "?" + endpoint.getRawQuery();
    String path = endpoint.getRawPath().isEmpty() ? "/" : endpoint.getRawPath();
    return new RequestOptions()
        .setMethod(HttpMethod.POST)
        .setServer(address)
        .setHost(endpoint.getHost())
        .setPort(port)
        .setSsl(tls)
        .setURI(path + query)
        .setFollowRedirects(false)
        .setConnectTimeout(TimeUnit.SECONDS.toMillis(5));
  }

  private Future<TokenResponse> send(HttpClientRequest request, OAuthClient client, byte[] secret) {
    StringBuilder form = new StringBuilder("grant_type=client_credentials");
    if (client.scope() != null) {
      add(form, "scope", client.scope());
    }
    switch (client.authMethod()) {
      case CLIENT_SECRET_BASIC ->
          request.putHeader(HttpHeaders.AUTHORIZATION, basic(client, secret));
      case CLIENT_SECRET_POST -> {
        add(form, "client_id", client.clientId());
        add(form, "client_secret", new String(secret, StandardCharsets.UTF_8));
      }
      case PRIVATE_KEY_JWT -> {
        add(form, "client_assertion_type", ASSERTION_TYPE);
        add(form, "client_assertion", assertion(client, secret));
      }
    }
    return request
        .putHeader(HttpHeaders.CONTENT_TYPE, "application/x-www-form-urlencoded")
        .putHeader(HttpHeaders.ACCEPT, "application/json")
        .send(Buffer.buffer(form.toString()))
        .compose(ProviderClient::read);
  }

  private static Future<TokenResponse> read(HttpClientResponse response) {
    Buffer body = Buffer.buffer();
    response.handler(
        chunk -> {
          if (body.length() + chunk.length() > LARGEST_ANSWER) {
            response.request().reset();
          } else {
            body.appendBuffer(chunk);
          }
        });
    return response.end().map(ended -> TokenResponse.of(response.statusCode(), body.getBytes()));
  }

  private static void add(StringBuilder form, String name, String value) {
    form.append('&').append(name).append('=').append(encode(value));
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  // RFC 6749 §2.3.1: both are form-encoded first
  private static String basic(OAuthClient client, byte[] secret) {
    String pair =
        encode(client.clientId()) + ":" + encode(new String(secret, StandardCharsets.UTF_8));
    return "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.US_ASCII));
  }

  // RFC 7523 §3; the audience is the token endpoint, which most providers know themselves by
  private String assertion(OAuthClient client, byte[] pkcs8) {
    Instant now = clock.instant();
    try {
      ECKey key = ECKey.parse(String.valueOf(client.publicJwk()));
      PrivateKey privateKey =
          crypto.keyFactory("EC").generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
      SignedJWT jwt =
          new SignedJWT(
              new JWSHeader.Builder(JWSAlgorithm.ES256)
                  .keyID(key.getKeyID())
                  .type(JOSEObjectType.JWT)
                  .build(),
              new JWTClaimsSet.Builder()
                  .issuer(client.clientId())
                  .subject(client.clientId())
                  .audience(client.tokenEndpoint())
                  .issueTime(Date.from(now))
                  .expirationTime(Date.from(now.plus(ASSERTION_LIFE)))
                  .jwtID(ids.next())
                  .build());
      jwt.sign(new ECDSASigner((ECPrivateKey) privateKey));
      return jwt.serialize();
    } catch (GeneralSecurityException | JOSEException | ParseException e) {
      throw new IllegalStateException("the client's key cannot be used", e);
    }
  }

  private static TokenResponse failed(Throwable e) {
    if (e instanceof TimeoutException) {
      return new TokenResponse.Failed(
          VaultRefusal.PROVIDER_TIMEOUT, "it does not answer in time", false);
    }
    if (e instanceof ConnectException || e instanceof SSLException) {
      return new TokenResponse.Failed(
          VaultRefusal.PROVIDER_UNREACHABLE, "it cannot be reached", false);
    }
    if (e instanceof IllegalStateException) {
      return new TokenResponse.Failed(
          VaultRefusal.VALUE_UNREADABLE, String.valueOf(e.getMessage()), false);
    }
    // cut in the middle, or the connection was stale: it may have issued a token or not
    return new TokenResponse.Failed(
        VaultRefusal.PROVIDER_UNREACHABLE, "it ends the connection without an answer", true);
  }
}
