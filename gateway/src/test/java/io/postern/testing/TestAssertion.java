package io.postern.testing;

import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.UUID;

/** A client assertion that is put together piece by piece (RFC 7523 §3) and signed. */
public final class TestAssertion {
  /** The one value of {@code client_assertion_type} (RFC 7523 §2.2). */
  public static final String TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

  private static final Base64.Encoder BASE64URL = Base64.getUrlEncoder().withoutPadding();

  private final TestKey key;
  private final JsonObject header = new JsonObject();
  private final JsonObject claims = new JsonObject();

  private TestAssertion(TestKey key) {
    this.key = key;
  }

  /** A good assertion, good for a minute. */
  public static TestAssertion by(TestKey key, String clientId, String audience) {
    long now = Instant.now().getEpochSecond();
    return new TestAssertion(key)
        .header("alg", key.algorithm().value())
        .header("kid", key.kid())
        .claim("iss", clientId)
        .claim("sub", clientId)
        .claim("aud", audience)
        .claim("iat", now)
        .claim("exp", now + 60)
        .claim("jti", UUID.randomUUID().toString());
  }

  /** Sets a header parameter; null leaves it out. */
  public TestAssertion header(String name, Object value) {
    return set(header, name, value);
  }

  /** Sets a claim; null leaves it out. */
  public TestAssertion claim(String name, Object value) {
    return set(claims, name, value);
  }

  /** The header as JSON text. */
  public String headerJson() {
    return header.encode();
  }

  /** The claims as JSON text. */
  public String claimsJson() {
    return claims.encode();
  }

  /** The compact JWT. */
  public String sign() {
    return sign(key, headerJson(), claimsJson());
  }

  /** A compact JWT over these texts, with a good signature. */
  public static String sign(TestKey key, String header, String claims) {
    return sign(
        key, header.getBytes(StandardCharsets.UTF_8), claims.getBytes(StandardCharsets.UTF_8));
  }

  /** A compact JWT over these bytes, with a good signature. */
  public static String sign(TestKey key, byte[] header, byte[] claims) {
    return signInput(key, base64url(header) + "." + base64url(claims));
  }

  /** What stands before the last dot, and a good signature of it. */
  public static String signInput(TestKey key, String signingInput) {
    byte[] signature = key.sign(signingInput.getBytes(StandardCharsets.UTF_8));
    return signingInput + "." + base64url(signature);
  }

  public static String base64url(byte[] bytes) {
    return BASE64URL.encodeToString(bytes);
  }

  /** A token request with that assertion. */
  public static TokenCall call(TestGateway gateway, String jwt) {
    return with(TokenCall.to(gateway).clientCredentials(), jwt);
  }

  /** A token request with a good assertion. */
  public static TokenCall call(TestGateway gateway, TestKey key, String clientId) {
    return call(gateway, by(key, clientId, gateway.issuer()).sign());
  }

  /** That request with that assertion beside what it has. */
  public static TokenCall with(TokenCall call, String jwt) {
    return call.param("client_assertion_type", TYPE).param("client_assertion", jwt);
  }

  private TestAssertion set(JsonObject object, String name, Object value) {
    if (value == null) {
      object.remove(name);
    } else {
      object.put(name, value);
    }
    return this;
  }
}
