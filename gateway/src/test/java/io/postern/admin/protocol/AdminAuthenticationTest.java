package io.postern.admin.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import io.postern.admin.AdminServer;
import io.postern.admin.AdminServer.Answer;
import java.security.interfaces.ECPrivateKey;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class AdminAuthenticationTest {
  private static final String AGENTS = "/admin/v1/agents";
  private static final String CHALLENGE = "Bearer realm=\"postern-admin\"";

  @RegisterExtension static final AdminServer server = new AdminServer();

  private static Answer getWith(String... authorization) throws Exception {
    return server.sendAsIs("GET", AGENTS, null, authorization);
  }

  private static Answer getAs(String token) throws Exception {
    return getWith("Authorization", "Bearer " + token);
  }

  private static void assertInvalidToken(String token) throws Exception {
    Answer answer = getAs(token);
    assertThat(answer.status()).isEqualTo(401);
    assertThat(answer.header("WWW-Authenticate"))
        .startsWith(CHALLENGE + ", error=\"invalid_token\"");
    assertThat(answer.header("Content-Type")).isEqualTo("application/problem+json");
  }

  @Test
  void noToken_isChallengedWithoutAnError() throws Exception {
    for (String[] headers :
        new String[][] {{}, {"Authorization", "Basic YTpi"}, {"Authorization", ""}}) {
      Answer answer = getWith(headers);
      assertThat(answer.status()).isEqualTo(401);
      assertThat(answer.header("WWW-Authenticate")).isEqualTo(CHALLENGE);
      assertThat(answer.header("Content-Type")).isEqualTo("application/problem+json");
    }
    assertThat(server.sendAsIs("DELETE", "/admin/v1/nothing", null).status()).isEqualTo(401);
  }

  @Test
  void goodToken_beforeTheIndexIsLoaded_isToComeBackLater() throws Exception {
    server.loaded(false);
    try {
      Answer answer = getAs(server.token("admin:read"));
      assertThat(answer.status()).isEqualTo(503);
      assertThat(answer.header("Retry-After")).isNotEmpty();
      assertThat(answer.header("WWW-Authenticate")).isEmpty();
    } finally {
      server.loaded(true);
    }
  }

  @Test
  void malformedOrTwoTokens_areInvalidRequests() throws Exception {
    String token = server.token("admin:read");
    for (String[] headers :
        new String[][] {
          {"Authorization", "Bearer"},
          {"Authorization", "Bearer a b"},
          {"Authorization", "Bearer " + token, "Authorization", "Bearer " + token}
        }) {
      Answer answer = getWith(headers);
      assertThat(answer.status()).isEqualTo(400);
      assertThat(answer.header("WWW-Authenticate")).contains("error=\"invalid_request\"");
    }
    assertThat(
            server
                .sendAsIs(
                    "GET",
                    AGENTS + "?access_token=" + token,
                    null,
                    "Authorization",
                    "Bearer " + token)
                .status())
        .isEqualTo(400);
    assertThat(server.sendAsIs("GET", AGENTS + "?access_token=" + token, null).status())
        .isEqualTo(401);
  }

  @Test
  void goodToken_isAdmittedInAnyCaseOfTheScheme() throws Exception {
    assertThat(getWith("Authorization", "bEARER " + server.token("x admin:read")).status())
        .isEqualTo(200);
  }

  @Test
  void scopes_readAndWrite_areApart() throws Exception {
    String body = "{\"name\": \"a\"}";
    String json = "application/json";
    String read = "Bearer " + server.token("admin:read");
    String write = "Bearer " + server.token("admin:write");
    Answer refused =
        server.sendAsIs("POST", AGENTS, body, "Authorization", read, "Content-Type", json);
    assertThat(refused.status()).isEqualTo(403);
    assertThat(refused.header("WWW-Authenticate"))
        .isEqualTo(CHALLENGE + ", error=\"insufficient_scope\", scope=\"admin:write\"");
    assertThat(refused.header("Content-Type")).isEqualTo("application/problem+json");
    assertThat(
            server
                .sendAsIs("POST", AGENTS, body, "Authorization", write, "Content-Type", json)
                .status())
        .isEqualTo(201);
    Answer unread = getWith("Authorization", write);
    assertThat(unread.status()).isEqualTo(403);
    assertThat(unread.header("WWW-Authenticate")).contains("scope=\"admin:read\"");
  }

  @Test
  void expiredOrForeignTokens_areInvalid() throws Exception {
    Instant now = Instant.now();
    Duration life = Duration.ofMinutes(5);
    String scope = "admin:read";
    String issuer = AdminServer.ISSUER;
    String audience = AdminServer.AUDIENCE;
    assertInvalidToken(server.token(issuer, audience, scope, now.minusSeconds(301), life));
    assertInvalidToken(server.token(issuer, audience, scope, now.plusSeconds(60), life));
    assertInvalidToken(server.token("https://other.example", audience, scope, now, life));
    assertInvalidToken(server.token(issuer, "urn:other", scope, now, life));
  }

  @Test
  void forgedTokens_areInvalid() throws Exception {
    String token = server.token("admin:read");
    int signature = token.lastIndexOf('.') + 1;
    char first = token.charAt(signature) == 'A' ? 'B' : 'A';
    assertInvalidToken(token.substring(0, signature) + first + token.substring(signature + 1));
    assertInvalidToken(token.substring(0, signature));
    assertInvalidToken("x.y.z");

    JWSHeader good = header(JWSAlgorithm.ES256, "at+jwt", server.signingKey().kid());
    assertThat(getAs(signed(good)).status()).isEqualTo(200);
    assertInvalidToken(signed(header(JWSAlgorithm.ES256, "JWT", server.signingKey().kid())));
    assertInvalidToken(signed(header(JWSAlgorithm.ES256, "at+jwt", "unknown")));

    byte[] publicKey = server.signingKey().publicJwk().toECKey().toECPublicKey().getEncoded();
    SignedJWT confused =
        new SignedJWT(header(JWSAlgorithm.HS256, "at+jwt", server.signingKey().kid()), claims());
    confused.sign(new MACSigner(publicKey));
    assertInvalidToken(confused.serialize());
  }

  private static JWSHeader header(JWSAlgorithm alg, String typ, String kid) {
    return new JWSHeader.Builder(alg).type(new JOSEObjectType(typ)).keyID(kid).build();
  }

  private static String signed(JWSHeader header) throws Exception {
    SignedJWT jwt = new SignedJWT(header, claims());
    jwt.sign(new ECDSASigner((ECPrivateKey) server.signingKey().privateKey()));
    return jwt.serialize();
  }

  private static JWTClaimsSet claims() {
    return new JWTClaimsSet.Builder()
        .issuer(AdminServer.ISSUER)
        .audience(List.of(AdminServer.AUDIENCE))
        .claim("client_id", "test-admin")
        .claim("scope", "admin:read")
        .issueTime(Date.from(Instant.now()))
        .expirationTime(Date.from(Instant.now().plusSeconds(60)))
        .build();
  }
}
