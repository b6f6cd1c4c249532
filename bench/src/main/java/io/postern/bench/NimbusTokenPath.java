package io.postern.bench;

import com.nimbusds.common.contenttype.ContentType;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jwt.SignedJWT;
import com.nimbusds.jwt.proc.BadJWTException;
import com.nimbusds.jwt.proc.DefaultJWTClaimsVerifier;
import com.nimbusds.oauth2.sdk.AccessTokenResponse;
import com.nimbusds.oauth2.sdk.ParseException;
import com.nimbusds.oauth2.sdk.Scope;
import com.nimbusds.oauth2.sdk.TokenRequest;
import com.nimbusds.oauth2.sdk.auth.ClientAuthentication;
import com.nimbusds.oauth2.sdk.auth.ClientSecretBasic;
import com.nimbusds.oauth2.sdk.auth.PrivateKeyJWT;
import com.nimbusds.oauth2.sdk.http.HTTPRequest;
import com.nimbusds.oauth2.sdk.id.ClientID;
import com.nimbusds.oauth2.sdk.id.JWTID;
import com.nimbusds.oauth2.sdk.token.BearerAccessToken;
import com.nimbusds.oauth2.sdk.token.Tokens;
import io.postern.grant.Grant;
import io.postern.grant.ProtectedResource;
import io.postern.jose.SignatureAlgorithm;
import io.postern.oauth.Issuer;
import io.postern.token.AccessTokenClaims;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.Provider;
import java.security.interfaces.ECPublicKey;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import javax.crypto.Mac;

/**
 * The same path as {@link TokenPath}, written the short way with Nimbus' OAuth 2.0 SDK on a map of
 * the same agents, with the same provider, keyed hash and keys. Confined to one thread.
 */
final class NimbusTokenPath {
  private static final URI TOKEN_ENDPOINT =
      URI.create(new Issuer(SampleRegistry.ISSUER).tokenEndpoint());
  private static final int TTL_SECONDS = ProtectedResource.DEFAULT_ACCESS_TOKEN_TTL_SECONDS;

  private record Client(ECPublicKey key, Map<String, Scope> grants) {}

  private final Map<ClientID, Client> clients = new HashMap<>();
  private final Map<ClientID, byte[]> secretHashes = new HashMap<>();
  private final Mac mac;
  private final Provider provider;
  private final DefaultJWTClaimsVerifier<SecurityContext> claimsVerifier =
      new DefaultJWTClaimsVerifier<>(
          SampleRegistry.ISSUER, null, Set.of("iss", "sub", "exp", "jti"));
  private final NimbusTokenSigner signer;

  NimbusTokenPath(SampleRegistry registry, int agents) {
    this.mac = registry.hashKey().newMac(registry.crypto());
    this.provider = SignatureAlgorithm.ES256.newSignature(registry.crypto()).getProvider();
    this.signer = new NimbusTokenSigner(registry.crypto(), registry.signingKey());
    for (int i = 0; i < agents; i++) {
      Map<String, Scope> grants = new HashMap<>();
      for (Grant grant : registry.agent(i).grants()) {
        grants.put(grant.audience(), Scope.parse(SampleRegistry.scopes()));
      }
      ClientID clientId = new ClientID(SampleRegistry.clientId(i));
      clients.put(clientId, new Client((ECPublicKey) registry.keyPair(i).getPublic(), grants));
      secretHashes.put(
          clientId, mac.doFinal(SampleRegistry.secret(i).getBytes(StandardCharsets.UTF_8)));
    }
  }

  /** The answer's body; a request that is refused is a bug of the benchmark. */
  String answer(SampleRequest sample, Instant now)
      throws ParseException, JOSEException, BadJWTException {
    TokenRequest request = parse(sample);
    ClientAuthentication authentication = request.getClientAuthentication();
    Client client = clients.get(authentication.getClientID());
    String audience = request.getCustomParameter("audience").getFirst();
    Scope granted = client == null ? null : client.grants().get(audience);
    if (client == null || granted == null || !isAuthentic(authentication, client)) {
      throw new IllegalStateException("refused");
    }
    Scope scope = new Scope(request.getScope());
    scope.retainAll(granted);
    String token =
        signer.sign(
            new AccessTokenClaims(
                SampleRegistry.ISSUER,
                authentication.getClientID().getValue(),
                audience,
                scope.toString(),
                now.getEpochSecond(),
                now.getEpochSecond() + TTL_SECONDS,
                new JWTID(16).getValue()));
    return new AccessTokenResponse(
            new Tokens(new BearerAccessToken(token, TTL_SECONDS, scope), null))
        .toJSONObject()
        .toJSONString();
  }

  private static TokenRequest parse(SampleRequest sample) throws ParseException {
    HTTPRequest http = new HTTPRequest(HTTPRequest.Method.POST, TOKEN_ENDPOINT);
    http.setEntityContentType(ContentType.APPLICATION_URLENCODED);
    http.setBody(new String(sample.form(), StandardCharsets.UTF_8));
    if (sample.authorization() != null) {
      http.setAuthorization(sample.authorization());
    }
    return TokenRequest.parse(http);
  }

  // ClientAuthenticationVerifier takes no provider, and would measure the JDK's signatures.
  private boolean isAuthentic(ClientAuthentication authentication, Client client)
      throws JOSEException, BadJWTException {
    if (authentication instanceof ClientSecretBasic basic) {
      return MessageDigest.isEqual(
          secretHashes.get(basic.getClientID()),
          mac.doFinal(basic.getClientSecret().getValueBytes()));
    }
    if (authentication instanceof PrivateKeyJWT assertion) {
      claimsVerifier.verify(assertion.getJWTAuthenticationClaimsSet().toJWTClaimsSet(), null);
      SignedJWT jwt = assertion.getClientAssertion();
      ECDSAVerifier verifier = new ECDSAVerifier(client.key());
      verifier.getJCAContext().setProvider(provider);
      return jwt.verify(verifier);
    }
    return false;
  }
}
