package io.postern.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.postern.jose.SignatureAlgorithm;
import io.postern.testing.TestAssertion;
import io.postern.testing.TestKey;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Tokens that are none: each is inactive to whoever asks, ended by nobody, and breaks nothing. */
class HostileTokenTest extends PresentationFixture {
  private static final TestKey STRANGER = TestKey.generate(SignatureAlgorithm.ES256);
  private static final Base64.Encoder BASE64URL = Base64.getUrlEncoder().withoutPadding();

  private record Parts(String header, String payload, String signature) {
    static Parts of(String token) {
      String[] parts = token.split("\\.", -1);
      return new Parts(parts[0], parts[1], parts[2]);
    }

    JsonObject headerJson() {
      return json(header);
    }

    JsonObject claims() {
      return json(payload);
    }

    String withHeader(JsonObject other) {
      return encode(other) + "." + payload + "." + signature;
    }

    String withClaims(JsonObject other) {
      return header + "." + encode(other) + "." + signature;
    }
  }

  private static JsonObject json(String segment) {
    return new JsonObject(
        new String(Base64.getUrlDecoder().decode(segment), StandardCharsets.UTF_8));
  }

  private static String encode(JsonObject json) {
    return encode(json.encode());
  }

  private static String encode(String text) {
    return BASE64URL.encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  private static String forged(JsonObject header, JsonObject claims) {
    return TestAssertion.sign(STRANGER, header.encode(), claims.encode());
  }

  private Map<String, Function<Parts, String>> table() {
    Map<String, Function<Parts, String>> table = new LinkedHashMap<>();
    table.put("a word", good -> "nonsense");
    table.put("a blank", good -> " ");
    table.put("a NUL", good -> "\0");
    table.put("dots", good -> "..");
    table.put("many dots", good -> ".".repeat(5_000));
    table.put("two parts", good -> good.header + "." + good.payload);
    table.put("four parts", good -> good.header + "." + good.payload + "." + good.signature + ".x");
    table.put("five parts, as a JWE", good -> "a.b.c.d.e");
    table.put("no signature", good -> good.header + "." + good.payload + ".");
    table.put(
        "half a signature",
        good -> good.header + "." + good.payload + "." + good.signature.substring(0, 40));
    table.put(
        "a longer signature",
        good -> good.header + "." + good.payload + "." + good.signature + "AAAA");
    table.put(
        "a signature of zeros",
        good -> good.header + "." + good.payload + "." + BASE64URL.encodeToString(new byte[64]));
    table.put(
        "another signature",
        good ->
            good.header
                + "."
                + good.payload
                + "."
                + BASE64URL.encodeToString("x".repeat(64).getBytes(StandardCharsets.US_ASCII)));
    table.put("padding", good -> good.header + "." + good.payload + "." + good.signature + "==");
    table.put(
        "a blank behind", good -> good.header + "." + good.payload + "." + good.signature + " ");
    table.put(
        "a blank before", good -> " " + good.header + "." + good.payload + "." + good.signature);
    table.put("a line end", good -> good.header + "." + good.payload + "." + good.signature + "\n");
    table.put(
        "spare bits", good -> good.header + "." + good.payload + "." + spareBits(good.signature));
    table.put(
        "the prefix Bearer",
        good -> "Bearer " + good.header + "." + good.payload + "." + good.signature);
    table.put(
        "alg none",
        good -> encode(good.headerJson().put("alg", "none")) + "." + good.payload + ".");
    table.put(
        "alg none with the signature",
        good -> good.withHeader(good.headerJson().put("alg", "none")));
    table.put("alg HS256 under the public key", HostileTokenTest::hmac);
    table.put(
        "another alg of the same kind",
        good -> good.withHeader(good.headerJson().put("alg", "ES384")));
    table.put("alg as a number", good -> good.withHeader(good.headerJson().put("alg", 256)));
    table.put("no alg", good -> good.withHeader(without(good.headerJson(), "alg")));
    table.put("no kid", good -> good.withHeader(without(good.headerJson(), "kid")));
    table.put("an unknown kid", good -> good.withHeader(good.headerJson().put("kid", "../../x")));
    table.put(
        "a kid that is an array",
        good ->
            good.withHeader(
                good.headerJson()
                    .put("kid", new JsonArray().add(good.headerJson().getString("kid")))));
    table.put("typ JWT", good -> good.withHeader(good.headerJson().put("typ", "JWT")));
    table.put("no typ", good -> good.withHeader(without(good.headerJson(), "typ")));
    table.put(
        "crit", good -> good.withHeader(good.headerJson().put("crit", new JsonArray().add("exp"))));
    table.put(
        "another's signature under our kid", good -> forged(good.headerJson(), good.claims()));
    table.put(
        "another's key in jwk",
        good ->
            forged(
                good.headerJson().put("jwk", new JsonObject(STRANGER.jwk().toJSONString())),
                good.claims()));
    table.put(
        "another's key at jku",
        good -> forged(good.headerJson().put("jku", "http://127.0.0.1:1/keys"), good.claims()));
    table.put(
        "another's kid",
        good -> forged(good.headerJson().put("kid", STRANGER.kid()), good.claims()));
    table.put(
        "a wider scope", good -> good.withClaims(good.claims().put("scope", "read write delete")));
    table.put(
        "a longer life",
        good ->
            good.withClaims(good.claims().put("exp", Instant.now().getEpochSecond() + 1_000_000)));
    table.put(
        "another audience", good -> good.withClaims(good.claims().put("aud", "urn:postern:admin")));
    table.put(
        "another client", good -> good.withClaims(good.claims().put("client_id", "postern-admin")));
    table.put("an empty payload", good -> good.header + ".." + good.signature);
    table.put(
        "a payload that is an array",
        good -> good.header + "." + encode("[]") + "." + good.signature);
    table.put(
        "a payload that is no JSON",
        good -> good.header + "." + encode("{") + "." + good.signature);
    table.put(
        "a member twice",
        good -> good.header + "." + encode("{\"iss\":\"a\",\"iss\":\"b\"}") + "." + good.signature);
    table.put(
        "deep nesting",
        good ->
            encode("[".repeat(900) + "]".repeat(900)) + "." + good.payload + "." + good.signature);
    table.put(
        "a long number",
        good ->
            good.header + "." + encode("{\"exp\":" + "9".repeat(900) + "}") + "." + good.signature);
    table.put(
        "an infinite number",
        good -> good.header + "." + encode("{\"exp\":1e999}") + "." + good.signature);
    table.put("characters beyond ASCII", good -> "ä.ö.ü");
    table.put("half a surrogate pair", good -> good.header + "." + good.payload + ".\uD83D");
    table.put("very long", good -> good.header + "." + "A".repeat(40_000) + "." + good.signature);
    return table;
  }

  private static JsonObject without(JsonObject json, String member) {
    json.remove(member);
    return json;
  }

  // the last character of 64 bytes has four bits that mean nothing
  private static String spareBits(String signature) {
    char last = signature.charAt(signature.length() - 1);
    return signature.substring(0, signature.length() - 1) + (char) (last + 1);
  }

  private static String hmac(Parts good) {
    try {
      String input = encode(good.headerJson().put("alg", "HS256")) + "." + good.payload;
      Mac mac = Mac.getInstance("HmacSHA256");
      byte[] published = gateway.get(gateway.jwksUri()).body().getBytes(StandardCharsets.UTF_8);
      mac.init(new SecretKeySpec(published, "HmacSHA256"));
      return input
          + "."
          + BASE64URL.encodeToString(mac.doFinal(input.getBytes(StandardCharsets.US_ASCII)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  @TestFactory
  Stream<DynamicTest> hostileToken_isInactive_andEndsNothing() {
    String good = token();
    Parts parts = Parts.of(good);
    active(introspect(verifier, good));
    return Stream.concat(
        table().entrySet().stream()
            .map(
                entry ->
                    DynamicTest.dynamicTest(
                        entry.getKey(),
                        () -> {
                          String token = entry.getValue().apply(parts);
                          assertThat(token).isNotEqualTo(good);
                          inactive(introspect(verifier, token));
                          inactive(introspect(agent, token));
                          done(revoke(agent, token));
                        })),
        Stream.of(
            DynamicTest.dynamicTest(
                "and the good one is good still",
                () -> {
                  active(introspect(verifier, good));
                  assertThat(table()).hasSizeGreaterThan(40);
                })));
  }
}
