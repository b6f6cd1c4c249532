package io.postern.verifier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.util.Base64URL;
import com.nimbusds.jose.util.JSONObjectUtils;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which tokens count (RFC 9068 §4), good ones and hostile ones. */
class Rfc9068AccessTokenTest {
  private StandInIssuer issuer;
  private PosternVerifier verifier;

  @BeforeEach
  void start() {
    issuer = new StandInIssuer();
    verifier = issuer.verifier().following(Following.NONE).start();
    Await.result(verifier.ready());
  }

  @AfterEach
  void stop() {
    verifier.close();
    issuer.close();
  }

  private void assertRefused(String token, Reason reason) {
    assertThat(verifier.verifyBlocking(token)).isEqualTo(new Verification.Refused(reason));
  }

  private VerifiedToken assertValid(String token) {
    Verification verification = verifier.verifyBlocking(token);
    assertThat(verification).isInstanceOf(Verification.Valid.class);
    return ((Verification.Valid) verification).token();
  }

  @Test
  void token_good_saysWhatItSays() {
    VerifiedToken token = assertValid(issuer.token());
    assertThat(token.clientId()).isEqualTo("crm-agent");
    assertThat(token.subject()).isEqualTo("crm-agent");
    assertThat(token.audiences()).containsExactly(StandInIssuer.AUDIENCE);
    assertThat(token.scopes()).containsExactlyInAnyOrder("customers:read", "customers:write");
    assertThat(token.issuedAt()).isEqualTo(TestTime.START);
    assertThat(token.expiresAt()).isEqualTo(TestTime.START.plusSeconds(900));
    assertThat(token.jti()).isEqualTo("token-1");
    assertThat(token.actors()).isEmpty();
    assertThat(token.claims()).containsEntry("exp", issuer.time.seconds() + 900);
    assertThat(token).asString().doesNotContain("crm.example");
  }

  @Test
  void token_again_isVerifiedByWhatIsKnown() {
    String token = issuer.token();
    assertThat(assertValid(token)).isEqualTo(assertValid(token));
    issuer.time.advance(Duration.ofSeconds(930));
    assertRefused(token, Reason.EXPIRED);
  }

  @Nested
  class Signature {
    @ParameterizedTest
    @ValueSource(strings = {"ES256", "RS256", "PS256", "EdDSA"})
    void token_eachAlgorithm_counts(String alg) {
      TestKey key = TestKey.of("other", alg);
      issuer.publish(key);
      assertValid(key.sign("at+jwt", issuer.claims()));
    }

    @Test
    void token_Ed25519ByItsNewName_counts() {
      TestKey key = TestKey.of("other", "EdDSA");
      issuer.publish(key);
      String header = "{\"typ\":\"at+jwt\",\"alg\":\"Ed25519\",\"kid\":\"other\"}";
      assertValid(key.sign(header, JSONObjectUtils.toJSONString(issuer.claims())));
    }

    @ParameterizedTest
    @CsvSource({"RS256,PS256", "PS256,RS256"})
    void token_anotherAlgorithmOfTheSameKey_isRefused(String published, String used) {
      TestKey key = TestKey.of("rsa", published);
      issuer.publish(key);
      TestKey confused = new TestKey("rsa", used, key.pair());
      assertRefused(confused.sign("at+jwt", issuer.claims()), Reason.WRONG_ALGORITHM);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ES256", "RS256", "PS256", "EdDSA"})
    void token_signedByAnother_isRefused(String alg) {
      issuer.publish(TestKey.of("mine", alg));
      TestKey forger = alg.equals("ES256") || alg.equals("EdDSA") ? TestKey.of("mine", alg) : null;
      String token =
          forger == null
              ? tamper(new TestKey("mine", alg, TestKey.of("mine", alg).pair()))
              : forger.sign("at+jwt", issuer.claims());
      assertRefused(token, Reason.BAD_SIGNATURE);
    }

    // RSA keys of an algorithm are one in these tests, so its claims are changed instead.
    private String tamper(TestKey key) {
      String[] parts = key.sign("at+jwt", issuer.claims()).split("\\.", -1);
      String claims = new Base64URL(parts[1]).decodeToString().replace("token-1", "token-2");
      return parts[0] + "." + Base64URL.encode(claims) + "." + parts[2];
    }

    @Test
    void token_zeroSignature_isRefused() {
      String[] parts = issuer.token().split("\\.", -1);
      String zeros = Base64URL.encode(new byte[64]).toString();
      assertRefused(parts[0] + "." + parts[1] + "." + zeros, Reason.BAD_SIGNATURE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "AA", "!!!!"})
    void token_brokenSignature_isRefused(String signature) {
      String[] parts = issuer.token().split("\\.", -1);
      assertThat(verifier.verifyBlocking(parts[0] + "." + parts[1] + "." + signature))
          .isIn(
              new Verification.Refused(Reason.MALFORMED),
              new Verification.Refused(Reason.BAD_SIGNATURE));
    }

    @Test
    void token_hmacWithThePublicKey_isRefused() throws Exception {
      byte[] secret = issuer.key().pair().getPublic().getEncoded();
      String header = "{\"typ\":\"at+jwt\",\"alg\":\"HS256\",\"kid\":\"key-1\"}";
      String input =
          Base64URL.encode(header)
              + "."
              + Base64URL.encode(JSONObjectUtils.toJSONString(issuer.claims()));
      Base64URL mac =
          new MACSigner(secret)
              .sign(new JWSHeader(JWSAlgorithm.HS256), input.getBytes(StandardCharsets.US_ASCII));
      assertRefused(input + "." + mac, Reason.WRONG_ALGORITHM);
    }

    @ParameterizedTest
    @ValueSource(strings = {"none", "None", "NONE"})
    void token_unsigned_isRefused(String alg) {
      String header = "{\"typ\":\"at+jwt\",\"alg\":\"" + alg + "\",\"kid\":\"key-1\"}";
      String claims = Base64URL.encode(JSONObjectUtils.toJSONString(issuer.claims())).toString();
      for (String signature : List.of("", "AAAA")) {
        String token = Base64URL.encode(header) + "." + claims + "." + signature;
        assertThat(verifier.verifyBlocking(token))
            .isIn(
                new Verification.Refused(Reason.MALFORMED),
                new Verification.Refused(Reason.WRONG_ALGORITHM));
      }
    }
  }

  @Nested
  class Header {
    @ParameterizedTest
    @ValueSource(strings = {"at+jwt", "AT+JWT", "application/at+jwt"})
    void typ_ofAccessTokens_counts(String typ) {
      assertValid(issuer.key().sign(typ, issuer.claims()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"JWT", "jwt", "", "logout+jwt", "revocations+jwt", "at+jwt "})
    void typ_ofOthers_isRefused(String typ) {
      assertRefused(issuer.key().sign(typ, issuer.claims()), Reason.WRONG_TYPE);
    }

    private String withHeader(String header) {
      return issuer.key().sign(header, JSONObjectUtils.toJSONString(issuer.claims()));
    }

    @Test
    void typ_missing_isRefused() {
      assertRefused(withHeader("{\"alg\":\"ES256\",\"kid\":\"key-1\"}"), Reason.WRONG_TYPE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"[\"exp\"]", "[\"b64\"]", "[\"x\"]"})
    void crit_any_isRefused(String crit) {
      String header =
          "{\"typ\":\"at+jwt\",\"alg\":\"ES256\",\"kid\":\"key-1\",\"x\":1,\"exp\":1,\"crit\":"
              + crit
              + "}";
      assertThat(verifier.verifyBlocking(withHeader(header)))
          .isIn(
              new Verification.Refused(Reason.CRITICAL_EXTENSION),
              new Verification.Refused(Reason.MALFORMED));
    }

    // RFC 7797 §6: with crit, or it is malformed; true says no more than none does
    @Test
    void b64_false_isRefused() {
      String header = "{\"typ\":\"at+jwt\",\"alg\":\"ES256\",\"kid\":\"key-1\",\"b64\":false}";
      assertThat(verifier.verifyBlocking(withHeader(header)))
          .isIn(
              new Verification.Refused(Reason.CRITICAL_EXTENSION),
              new Verification.Refused(Reason.MALFORMED));
    }

    @Test
    void kid_missingOrEmpty_isRefused() {
      assertRefused(withHeader("{\"typ\":\"at+jwt\",\"alg\":\"ES256\"}"), Reason.MALFORMED);
      assertRefused(
          withHeader("{\"typ\":\"at+jwt\",\"alg\":\"ES256\",\"kid\":\"\"}"), Reason.MALFORMED);
    }

    @Test
    void kid_unknown_isRefused() {
      assertRefused(
          TestKey.of("other", "ES256").sign("at+jwt", issuer.claims()), Reason.UNKNOWN_KEY);
    }

    @Test
    void keyInTheHeader_isNotUsed() {
      TestKey forger = TestKey.of("key-1", "ES256");
      String header =
          "{\"typ\":\"at+jwt\",\"alg\":\"ES256\",\"kid\":\"key-1\",\"jku\":\"https://evil.example\",\"jwk\":"
              + JSONObjectUtils.toJSONString(forger.jwk())
              + "}";
      assertRefused(
          forger.sign(header, JSONObjectUtils.toJSONString(issuer.claims())), Reason.BAD_SIGNATURE);
    }

    @Test
    void member_twice_isRefused() {
      String header = "{\"typ\":\"at+jwt\",\"alg\":\"ES256\",\"kid\":\"key-1\",\"typ\":\"at+jwt\"}";
      assertRefused(withHeader(header), Reason.MALFORMED);
    }
  }

  @Nested
  class Claims {
    @Test
    void iss_another_isRefused() {
      assertRefused(issuer.token("iss", issuer.issuer() + "/"), Reason.WRONG_ISSUER);
    }

    @Test
    void aud_another_isRefused() {
      assertRefused(issuer.token("aud", "https://billing.example.com"), Reason.WRONG_AUDIENCE);
      assertRefused(issuer.token("aud", StandInIssuer.AUDIENCE + "/"), Reason.WRONG_AUDIENCE);
    }

    @Test
    void aud_nullOrNumber_isRefused() {
      assertRefused(issuer.token("aud", Arrays.asList(null, "x")), Reason.BAD_CLAIMS);
      assertRefused(issuer.token("aud", List.of(1)), Reason.BAD_CLAIMS);
      assertRefused(issuer.token("aud", List.of()), Reason.BAD_CLAIMS);
    }

    @Test
    void aud_oneOfSeveral_counts() {
      assertValid(issuer.token("aud", List.of("https://a.example", StandInIssuer.AUDIENCE)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"iss", "sub", "client_id", "aud", "iat", "exp", "jti"})
    void required_missing_isRefused(String claim) {
      assertRefused(issuer.token(claim, null), Reason.BAD_CLAIMS);
    }

    @ParameterizedTest
    @ValueSource(
        strings = {"iss", "sub", "client_id", "iat", "exp", "jti", "scope", "act", "sid", "family"})
    void wrongType_isRefused(String claim) {
      assertRefused(issuer.token(claim, List.of(1)), Reason.BAD_CLAIMS);
    }

    @Test
    void ancestors_wrongType_isRefused() {
      assertRefused(issuer.token("ancestors", "token-0"), Reason.BAD_CLAIMS);
      assertRefused(issuer.token("ancestors", List.of(1)), Reason.BAD_CLAIMS);
    }

    @Test
    void act_chain_isRead() {
      Map<String, Object> inner = Map.of("sub", "clerk", "client_id", "clerk-app");
      VerifiedToken token =
          assertValid(issuer.token("act", Map.of("sub", "planner", "act", inner)));
      assertThat(token.actors())
          .containsExactly(new Actor("planner", null), new Actor("clerk", "clerk-app"));
    }

    @Test
    void act_tooLong_isRefused() {
      Map<String, Object> act = Map.of("sub", "x");
      for (int i = 0; i < 32; i++) {
        act = Map.of("sub", "x", "act", act);
      }
      assertRefused(issuer.token("act", act), Reason.BAD_CLAIMS);
    }

    @Test
    void scope_missing_isNone() {
      assertThat(assertValid(issuer.token("scope", null)).scopes()).isEmpty();
    }

    @Test
    void member_twice_isRefused() {
      String claims = JSONObjectUtils.toJSONString(issuer.claims());
      String twice = claims.substring(0, claims.length() - 1) + ",\"aud\":\"x\"}";
      String header = "{\"typ\":\"at+jwt\",\"alg\":\"ES256\",\"kid\":\"key-1\"}";
      assertThat(verifier.verifyBlocking(issuer.key().sign(header, twice)))
          .isInstanceOf(Verification.Refused.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "null", "[]", "\"text\"", "{", "{\"iss\":}"})
    void notAnObject_isRefused(String claims) {
      String header = "{\"typ\":\"at+jwt\",\"alg\":\"ES256\",\"kid\":\"key-1\"}";
      assertThat(verifier.verifyBlocking(issuer.key().sign(header, claims)))
          .isIn(
              new Verification.Refused(Reason.MALFORMED),
              new Verification.Refused(Reason.BAD_CLAIMS));
    }
  }

  @Nested
  class Times {
    @Test
    void exp_isOverAfterTheSkew() {
      String token = issuer.token();
      issuer.time.advance(Duration.ofSeconds(929));
      assertValid(token);
      issuer.time.advance(Duration.ofSeconds(1));
      assertRefused(token, Reason.EXPIRED);
    }

    @Test
    void nbf_countsBeforeTheSkew() {
      assertValid(issuer.token("nbf", issuer.time.seconds() + 30));
      assertRefused(issuer.token("nbf", issuer.time.seconds() + 31), Reason.NOT_YET_VALID);
    }

    @Test
    void iat_ofTheFuture_isRefused() {
      assertValid(issuer.token("iat", issuer.time.seconds() + 30));
      assertRefused(issuer.token("iat", issuer.time.seconds() + 31), Reason.NOT_YET_VALID);
    }

    @Test
    void exp_huge_doesNotWrap() {
      assertRefused(issuer.token("exp", -1L), Reason.EXPIRED);
      assertThat(verifier.verifyBlocking(issuer.token("iat", Long.MAX_VALUE)))
          .isInstanceOf(Verification.class);
    }
  }

  @Nested
  class Malformed {
    @Test
    void garbage_isRefused() {
      List<String> garbage =
          new ArrayList<>(List.of("", ".", "..", "...", "a", "a.b", "a.b.c", "a.b.c.d", "é.ü.ß"));
      garbage.add("x".repeat(65 * 1024));
      garbage.add("eyJhbGciOiJFUzI1NiJ9..");
      garbage.add(issuer.token() + ".");
      garbage.add(" " + issuer.token() + "\u0000");
      for (String token : garbage) {
        assertThat(verifier.verifyBlocking(token))
            .as(token)
            .isInstanceOf(Verification.Refused.class);
      }
    }

    @Test
    void deepHeader_isRefused() {
      String header = "{\"typ\":\"at+jwt\",\"alg\":\"ES256\",\"kid\":\"key-1\",\"x\":";
      for (int depth : List.of(1_000, 9_000, 40_000)) {
        String deep = header + "[".repeat(depth) + "]".repeat(depth) + "}";
        assertThat(verifier.verifyBlocking(Base64URL.encode(deep) + ".e30.AAAA"))
            .isInstanceOf(Verification.Refused.class);
      }
    }
  }

  @Test
  @SuppressWarnings("unchecked")
  void claims_ofATokenThatIsKnown_cannotBeChanged() {
    VerifiedToken token =
        assertValid(issuer.token("act", Map.of("sub", "planner", "roles", List.of("a"))));
    Map<String, Object> act = (Map<String, Object>) token.claims().get("act");
    assertThatThrownBy(() -> act.put("sub", "other"))
        .isInstanceOf(UnsupportedOperationException.class);
    assertThatThrownBy(() -> ((List<Object>) act.get("roles")).add("b"))
        .isInstanceOf(UnsupportedOperationException.class);
  }

  @Test
  void authorize_boundToken_isNoBearerToken() {
    String token = issuer.token("cnf", Map.of("jkt", "abc"));
    assertValid(token);
    assertThat(Await.result(verifier.authorize(List.of("Bearer " + token), List.of())))
        .isEqualTo(new Verification.Refused(Reason.SENDER_CONSTRAINED));
  }

  @Test
  void authorize_scopes_allAreNeeded() {
    List<String> header = List.of("bearer  " + issuer.token());
    assertThat(Await.result(verifier.authorize(header, List.of("customers:read"))))
        .isInstanceOf(Verification.Valid.class);
    assertThat(Await.result(verifier.authorize(header, List.of("customers:read", "admin"))))
        .isEqualTo(new Verification.Refused(Reason.INSUFFICIENT_SCOPE));
  }
}
