package io.postern.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.crypto.impl.ECDSA;
import com.nimbusds.jose.jwk.AsymmetricJWK;
import com.nimbusds.jose.jwk.OctetKeyPair;
import io.postern.jose.SignatureAlgorithm;
import io.postern.testing.TestAssertion;
import io.postern.testing.TestGateway;
import io.postern.testing.TestKey;
import io.postern.testing.TestRegistry;
import io.postern.testing.TokenCall;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.stream.Stream;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Assertions by hand that no library would make (RFC 8725 §2, RFC 7515 §10, RFC 7519 §7.2). Each is
 * refused just as a wrong signature is: same status, same headers, same body, and without delay.
 * What is forged aside, each carries a good signature of the client's own key wherever it can.
 */
class HostileAssertionTest {
  private static final TestKey EC = TestKey.generate(SignatureAlgorithm.ES256);
  private static final TestKey EC_384 = TestKey.generate(SignatureAlgorithm.ES384);
  private static final TestKey EC_521 = TestKey.generate(SignatureAlgorithm.ES512);
  private static final TestKey RSA = TestKey.generate(SignatureAlgorithm.RS256);
  private static final TestKey ED = TestKey.generate(SignatureAlgorithm.EDDSA);
  private static final TestKey ATTACKER = TestKey.generate(SignatureAlgorithm.ES256);
  private static final List<TestKey> ALL = List.of(EC, EC_384, EC_521, RSA, ED);

  private static final long MOST_MILLIS = 1_000;
  private static final BigInteger P256_ORDER =
      new BigInteger("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551", 16);

  private static TestGateway gateway;
  private static TestRegistry.Agent agent;
  private static TestRegistry.Agent restricted;
  private static TokenCall.Answer wrongSignature;

  @BeforeAll
  static void start() {
    gateway = TestGateway.start();
    TestRegistry.Resource service = gateway.registry().service("read");
    agent = gateway.registry().agent();
    gateway.registry().grant(agent, service, "read");
    ALL.forEach(key -> gateway.registry().key(agent, key.jwk()));
    restricted = gateway.registry().agent();
    gateway.registry().grant(restricted, service, "read");
    gateway.registry().key(restricted, RSA.restricted().jwk());
    wrongSignature =
        TestAssertion.call(gateway, by(ATTACKER).header("kid", EC.kid()).sign()).send();
    assertThat(wrongSignature.status()).isEqualTo(401);
    assertThat(wrongSignature.error()).isEqualTo("invalid_client");
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  /** What all the forgeries below differ from. */
  @Test
  void assertion_unforged_isAccepted() {
    for (TestKey key : ALL) {
      assertThat(TestAssertion.call(gateway, by(key).sign()).send().status()).isEqualTo(200);
    }
  }

  record Forgery(String name, Supplier<String> jwt) {
    @Override
    public String toString() {
      return name;
    }
  }

  private static Forgery forgery(String name, Supplier<String> jwt) {
    return new Forgery(name, jwt);
  }

  static Stream<Forgery> forgeries() {
    return Stream.of(
            algorithmConfusion(),
            foreignKeys(),
            signatures(),
            headers(),
            claims(),
            json(),
            encodings(),
            segments())
        .flatMap(List::stream);
  }

  @ParameterizedTest
  @MethodSource("forgeries")
  void forgery_isRefusedAsAWrongSignatureIs(Forgery forgery) {
    assertRefused(forgery.name(), forgery.jwt().get());
  }

  // RFC 8725 §2.1, §3.1
  private static List<Forgery> algorithmConfusion() {
    List<Forgery> all = new ArrayList<>();
    for (String none : List.of("none", "None", "NONE", "nOnE", "nonE", " none", "none ")) {
      all.add(forgery("alg " + none, () -> unsigned(by(EC).header("alg", none)) + "."));
      all.add(
          forgery("alg " + none + " with a signature", () -> by(EC).header("alg", none).sign()));
      all.add(
          forgery(
              "alg " + none + " without kid",
              () -> unsigned(by(EC).header("alg", none).header("kid", null)) + "."));
    }
    for (String hmac : List.of("HS256", "HS384", "HS512")) {
      for (TestKey key : ALL) {
        all.add(
            forgery(
                hmac + " with the public " + key.algorithm() + " key in DER",
                () -> hmac(by(key).header("alg", hmac), hmac, spki(key))));
        all.add(
            forgery(
                hmac + " with the public " + key.algorithm() + " key as JWK",
                () ->
                    hmac(
                        by(key).header("alg", hmac),
                        hmac,
                        key.jwk().toJSONString().getBytes(StandardCharsets.UTF_8))));
      }
      all.add(
          forgery(
              hmac + " with the public RSA key in PEM",
              () -> hmac(by(RSA).header("alg", hmac), hmac, pem(RSA))));
      all.add(
          forgery(
              hmac + " with the client's secret",
              () ->
                  hmac(
                      by(EC).header("alg", hmac).header("kid", null),
                      hmac,
                      agent.secret().getBytes(StandardCharsets.UTF_8))));
    }
    for (TestKey key : ALL) {
      for (SignatureAlgorithm other : SignatureAlgorithm.values()) {
        if (other.keyType() != key.algorithm().keyType()) {
          all.add(
              forgery(
                  "alg " + other + " with a key for " + key.algorithm(),
                  () -> by(key).header("alg", other.value()).sign()));
        }
      }
    }
    TestKey ps256 = RSA.as(SignatureAlgorithm.PS256);
    all.add(
        forgery("alg RS256 over a PS256 signature", () -> by(ps256).header("alg", "RS256").sign()));
    all.add(
        forgery("alg PS256 over an RS256 signature", () -> by(RSA).header("alg", "PS256").sign()));
    all.add(
        forgery(
            "alg PS256 with a key for RS256 alone",
            () -> TestAssertion.by(ps256, restricted.clientId(), gateway.issuer()).sign()));
    return all;
  }

  // RFC 8725 §3.10, RFC 7515 §10.3: a key in the header is no reason to trust it
  private static List<Forgery> foreignKeys() {
    JsonObject jwk = new JsonObject(ATTACKER.jwk().toJSONObject());
    String certificate = Base64.getEncoder().encodeToString(spki(ATTACKER));
    Map<String, Object> pointers =
        Map.of(
            "jwk", jwk,
            "jku", "https://attacker.example.com/jwks.json",
            "x5u", "https://attacker.example.com/cert.pem",
            "x5c", new JsonArray().add(certificate),
            "x5t", "AAAAAAAAAAAAAAAAAAAAAAAAAAA",
            "x5t#S256", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
    List<Forgery> all = new ArrayList<>();
    pointers.forEach(
        (name, value) -> {
          all.add(
              forgery(
                  "attacker's key in " + name,
                  () -> by(ATTACKER).header(name, value).header("kid", null).sign()));
          all.add(
              forgery(
                  "attacker's key in " + name + ", our kid",
                  () -> by(ATTACKER).header(name, value).header("kid", EC.kid()).sign()));
          all.add(
              forgery(
                  "attacker's key in " + name + ", its own kid",
                  () -> by(ATTACKER).header(name, value).sign()));
        });
    all.add(
        forgery(
            "attacker's key in the claims",
            () -> by(ATTACKER).claim("cnf", new JsonObject().put("jwk", jwk)).sign()));
    return all;
  }

  private static List<Forgery> signatures() {
    List<Forgery> all = new ArrayList<>();
    for (TestKey key : ALL) {
      String name = key.algorithm().value();
      all.add(forgery(name + ": empty signature", () -> unsigned(by(key)) + "."));
      all.add(
          forgery(name + ": truncated", () -> resigned(key, s -> Arrays.copyOf(s, s.length - 1))));
      all.add(
          forgery(name + ": extended", () -> resigned(key, s -> Arrays.copyOf(s, s.length + 1))));
      all.add(
          forgery(
              name + ": zero byte in front",
              () ->
                  resigned(
                      key,
                      s -> {
                        byte[] longer = new byte[s.length + 1];
                        System.arraycopy(s, 0, longer, 1, s.length);
                        return longer;
                      })));
      all.add(forgery(name + ": one byte", () -> resigned(key, s -> new byte[] {1})));
      all.add(forgery(name + ": all zero", () -> resigned(key, s -> new byte[s.length])));
      all.add(
          forgery(
              name + ": all ones",
              () ->
                  resigned(
                      key,
                      s -> {
                        byte[] ones = new byte[s.length];
                        Arrays.fill(ones, (byte) 0xFF);
                        return ones;
                      })));
      all.add(forgery(name + ": 8 kB", () -> resigned(key, s -> Arrays.copyOf(s, 8192))));
      for (int bit : List.of(0, 1, 7)) {
        all.add(
            forgery(
                name + ": a flipped bit at byte " + bit,
                () ->
                    resigned(
                        key,
                        s -> {
                          s[bit] ^= 1;
                          return s;
                        })));
      }
      all.add(
          forgery(
              name + ": signature of other claims",
              () -> {
                String other = by(key).sign();
                return unsigned(by(key)) + other.substring(other.lastIndexOf('.'));
              }));
    }
    for (TestKey key : List.of(EC, EC_384, EC_521)) {
      String name = key.algorithm().value();
      all.add(
          forgery(
              name + ": DER form",
              () ->
                  resigned(
                      key,
                      s -> {
                        try {
                          return ECDSA.transcodeSignatureToDER(s);
                        } catch (JOSEException e) {
                          throw new IllegalStateException(e);
                        }
                      })));
    }
    // CVE-2022-21449 and its kin
    byte[] zero = new byte[32];
    byte[] one = unsigned32(BigInteger.ONE);
    byte[] order = unsigned32(P256_ORDER);
    byte[] max = new byte[32];
    Arrays.fill(max, (byte) 0xFF);
    Map<String, byte[]> numbers =
        Map.of(
            "0", zero,
            "1", one,
            "n", order,
            "n-1", unsigned32(P256_ORDER.subtract(BigInteger.ONE)),
            "n+1", unsigned32(P256_ORDER.add(BigInteger.ONE)),
            "2^256-1", max);
    numbers.forEach(
        (r, rBytes) ->
            numbers.forEach(
                (s, sBytes) ->
                    all.add(
                        forgery(
                            "ES256: r = " + r + ", s = " + s,
                            () -> resigned(EC, any -> joined(rBytes, sBytes))))));
    all.add(
        forgery(
            "ES256: r + n where it fits, or a wrong r",
            () ->
                resigned(
                    EC,
                    s -> {
                      BigInteger r = new BigInteger(1, Arrays.copyOf(s, 32)).add(P256_ORDER);
                      byte[] wrong = r.bitLength() > 256 ? max : unsigned32(r);
                      return joined(wrong, Arrays.copyOfRange(s, 32, 64));
                    })));
    return all;
  }

  private static List<Forgery> headers() {
    List<Forgery> all = new ArrayList<>();
    all.add(forgery("no alg", () -> by(EC).header("alg", null).sign()));
    for (Object wrong : wrongTypes()) {
      all.add(forgery("alg is " + wrong, () -> by(EC).header("alg", wrong).sign()));
      all.add(forgery("typ is " + wrong, () -> by(EC).header("typ", wrong).sign()));
      all.add(forgery("kid is " + wrong, () -> by(EC).header("kid", wrong).sign()));
    }
    for (String member : List.of("alg", "typ", "kid", "crit")) {
      all.add(
          forgery(
              member + " is null",
              () -> {
                JsonObject header = new JsonObject(by(EC).headerJson()).putNull(member);
                return TestAssertion.sign(EC, header.encode(), by(EC).claimsJson());
              }));
    }
    // RFC 7515 §4.1.11: what is critical must be understood
    for (Object crit :
        List.of(
            new JsonArray().add("exp"),
            new JsonArray().add("b64"),
            new JsonArray().add("unknown"),
            new JsonArray().add("alg"),
            new JsonArray(),
            "exp",
            1)) {
      all.add(
          forgery(
              "crit " + crit, () -> by(EC).header("crit", crit).header("unknown", true).sign()));
    }
    // RFC 7797 §7: a JWT's payload is always encoded
    for (Object b64 : List.of(false, "false", 0)) {
      all.add(forgery("b64 " + b64, () -> by(EC).header("b64", b64).sign()));
    }
    all.add(
        forgery(
            "b64 false, critical, with a plain payload",
            () -> {
              TestAssertion plain =
                  by(EC).header("b64", false).header("crit", new JsonArray().add("b64"));
              return TestAssertion.signInput(
                  EC, base64url(plain.headerJson()) + "." + plain.claimsJson());
            }));
    all.add(
        forgery(
            "b64 false with a plain payload",
            () -> {
              TestAssertion plain = by(EC).header("b64", false);
              return TestAssertion.signInput(
                  EC, base64url(plain.headerJson()) + "." + plain.claimsJson());
            }));
    for (String zip : List.of("DEF", "GZIP")) {
      all.add(
          forgery(
              "zip " + zip,
              () -> {
                TestAssertion plain = by(EC).header("zip", zip);
                return TestAssertion.sign(
                    EC,
                    plain.headerJson().getBytes(StandardCharsets.UTF_8),
                    compressed(plain.claimsJson(), zip));
              }));
    }
    for (String twice :
        List.of(
            "{\"alg\":\"ES256\",\"alg\":\"ES256\",\"kid\":\"%s\"}",
            "{\"alg\":\"none\",\"alg\":\"ES256\",\"kid\":\"%s\"}",
            "{\"alg\":\"ES256\",\"kid\":\"x\",\"kid\":\"%s\"}",
            "{\"alg\":\"ES256\",\"\\u0061lg\":\"ES256\",\"kid\":\"%s\"}",
            "{\"typ\":\"at+jwt\",\"alg\":\"ES256\",\"typ\":\"JWT\",\"kid\":\"%s\"}",
            "{\"alg\":\"ES256\",\"kid\":\"%s\",\"x\":{\"a\":1,\"a\":2}}")) {
      all.add(
          forgery(
              "header " + twice,
              () -> TestAssertion.sign(EC, twice.formatted(EC.kid()), by(EC).claimsJson())));
    }
    return all;
  }

  private static List<Forgery> claims() {
    List<Forgery> all = new ArrayList<>();
    for (String claim : List.of("iss", "sub", "aud", "exp", "iat", "nbf", "jti")) {
      for (Object wrong : wrongTypes()) {
        boolean isTime = wrong instanceof Number && claim.equals("nbf");
        if (!isTime) {
          all.add(forgery(claim + " is " + wrong, () -> by(EC).claim(claim, wrong).sign()));
        }
      }
      all.add(
          forgery(
              claim + " is null",
              () -> {
                JsonObject claims = new JsonObject(by(EC).claimsJson()).putNull(claim);
                return TestAssertion.sign(EC, by(EC).headerJson(), claims.encode());
              }));
      all.add(
          forgery(
              claim + " stands twice",
              () -> {
                TestAssertion good = by(EC).claim("nbf", Instant.now().getEpochSecond());
                Object value = new JsonObject(good.claimsJson()).getValue(claim);
                String member = new JsonObject().put(claim, value).encode();
                return TestAssertion.sign(
                    EC,
                    good.headerJson(),
                    member.substring(0, member.length() - 1)
                        + ","
                        + good.claimsJson().substring(1));
              }));
    }
    for (String number :
        List.of(
            "1e400",
            "-1e400",
            "1" + "0".repeat(31),
            "9".repeat(500),
            "0x7fffffff",
            "NaN",
            "Infinity",
            "+1",
            "01",
            "1.",
            ".5",
            "1e",
            "1_000")) {
      for (String claim : List.of("exp", "iat", "nbf")) {
        all.add(
            forgery(
                claim + " is " + number.substring(0, Math.min(number.length(), 40)),
                () -> {
                  String claims = by(EC).claim(claim, null).claimsJson();
                  return TestAssertion.sign(
                      EC,
                      by(EC).headerJson(),
                      "{\"" + claim + "\":" + number + "," + claims.substring(1));
                }));
      }
    }
    return all;
  }

  private static List<Forgery> json() {
    List<Forgery> all = new ArrayList<>();
    for (String text :
        List.of(
            "",
            " ",
            "null",
            "true",
            "1",
            "\"text\"",
            "[]",
            "[{}]",
            "{",
            "}",
            "{}",
            "{}{}",
            "{\"a\"}",
            "{\"a\":}",
            "{a:1}",
            "{'a':1}",
            "{\"a\":1,}",
            "\u0000",
            "{\"a\":\"\u0001\"}",
            "//",
            "{}//",
            "{/**/}")) {
      all.add(
          forgery("claims are " + text, () -> TestAssertion.sign(EC, by(EC).headerJson(), text)));
      all.add(
          forgery("header is " + text, () -> TestAssertion.sign(EC, text, by(EC).claimsJson())));
    }
    for (String tail : List.of("{}", "x", "\u0000", ",", "}", "null", "/**/", "#")) {
      all.add(
          forgery(
              "claims end in " + tail,
              () -> TestAssertion.sign(EC, by(EC).headerJson(), by(EC).claimsJson() + tail)));
      all.add(
          forgery(
              "header ends in " + tail,
              () -> TestAssertion.sign(EC, by(EC).headerJson() + tail, by(EC).claimsJson())));
    }
    for (String deep :
        List.of(
            "[".repeat(20_000) + "]".repeat(20_000),
            "[".repeat(40_000),
            "{\"a\":".repeat(8_000) + "1" + "}".repeat(8_000),
            "[".repeat(9) + "]".repeat(9))) {
      all.add(forgery("claims " + deep.length() + " deep", () -> with(by(EC), "deep", deep)));
      all.add(
          forgery(
              "header " + deep.length() + " deep",
              () ->
                  TestAssertion.sign(
                      EC,
                      "{\"deep\":" + deep + "," + by(EC).headerJson().substring(1),
                      by(EC).claimsJson())));
    }
    all.add(forgery("a claim of 45 kB", () -> by(EC).claim("long", "x".repeat(45_000)).sign()));
    all.add(forgery("a claim name of 45 kB", () -> by(EC).claim("x".repeat(45_000), 1).sign()));
    all.add(forgery("a kid of 45 kB", () -> by(EC).header("kid", "x".repeat(45_000)).sign()));
    all.add(
        forgery(
            "a subject of 45 kB",
            () -> {
              String id = "x".repeat(20_000);
              return by(EC).claim("iss", id).claim("sub", id).sign();
            }));
    all.add(forgery("a jti of 45 kB", () -> by(EC).claim("jti", "x".repeat(45_000)).sign()));
    all.add(forgery("a number of 45 kB", () -> with(by(EC), "number", "9".repeat(45_000))));
    return all;
  }

  // RFC 7515 §2, RFC 7519 §7.2, RFC 8259 §8.1
  private static List<Forgery> encodings() {
    List<Forgery> all = new ArrayList<>();
    for (Charset charset :
        List.of(
            StandardCharsets.UTF_16,
            StandardCharsets.UTF_16BE,
            StandardCharsets.UTF_16LE,
            StandardCharsets.UTF_32)) {
      all.add(
          forgery(
              "claims in " + charset,
              () ->
                  TestAssertion.sign(
                      EC,
                      by(EC).headerJson().getBytes(StandardCharsets.UTF_8),
                      by(EC).claimsJson().getBytes(charset))));
      all.add(
          forgery(
              "header in " + charset,
              () ->
                  TestAssertion.sign(
                      EC,
                      by(EC).headerJson().getBytes(charset),
                      by(EC).claimsJson().getBytes(StandardCharsets.UTF_8))));
    }
    all.add(
        forgery(
            "claims after a byte order mark",
            () -> TestAssertion.sign(EC, by(EC).headerJson(), "\uFEFF" + by(EC).claimsJson())));
    all.add(
        forgery(
            "header after a byte order mark",
            () -> TestAssertion.sign(EC, "\uFEFF" + by(EC).headerJson(), by(EC).claimsJson())));
    for (String invalid : List.of("80", "c3", "c0af", "eda080", "f5808080", "ff", "fe", "e282")) {
      all.add(
          forgery(
              "claims with the bytes " + invalid,
              () -> {
                ByteArrayOutputStream bytes = new ByteArrayOutputStream();
                bytes.writeBytes("{\"x\":\"".getBytes(StandardCharsets.UTF_8));
                bytes.writeBytes(HexFormat.of().parseHex(invalid));
                bytes.writeBytes("\",".getBytes(StandardCharsets.UTF_8));
                bytes.writeBytes(by(EC).claimsJson().substring(1).getBytes(StandardCharsets.UTF_8));
                return TestAssertion.sign(
                    EC, by(EC).headerJson().getBytes(StandardCharsets.UTF_8), bytes.toByteArray());
              }));
    }
    // the signature is over the spelling as sent, so that only strict reading refuses these
    for (String tail :
        List.of("=", "==", "===", " ", "\n", "\r\n", "\t", "\u0000", "%", "!", "é", "A")) {
      String name = tail.codePointAt(0) < 0x20 ? "U+" + tail.codePointAt(0) : tail;
      all.add(
          forgery(
              "header with " + name,
              () -> {
                String[] parts = unsigned(by(EC)).split("\\.", -1);
                return TestAssertion.signInput(EC, parts[0] + tail + "." + parts[1]);
              }));
      all.add(
          forgery(
              "claims with " + name, () -> TestAssertion.signInput(EC, unsigned(by(EC)) + tail)));
      all.add(forgery("signature with " + name, () -> by(EC).sign() + tail));
      all.add(forgery("RSA signature with " + name, () -> by(RSA).sign() + tail));
      all.add(forgery("in front " + name, () -> tail + by(EC).sign()));
    }
    all.add(
        forgery(
            "claims in the other alphabet",
            () -> {
              // "?>~" has both characters that the alphabets differ in
              String claims = by(EC).claim("x", "???>>>~~~~~~").claimsJson();
              String plain =
                  Base64.getEncoder()
                      .withoutPadding()
                      .encodeToString(claims.getBytes(StandardCharsets.UTF_8));
              assertThat(plain).containsAnyOf("+", "/");
              return TestAssertion.signInput(EC, base64url(by(EC).headerJson()) + "." + plain);
            }));
    all.add(
        forgery(
            "signature in the other alphabet",
            () -> {
              String jwt;
              do {
                jwt = by(EC).sign();
              } while (!jwt.substring(jwt.lastIndexOf('.')).matches(".*[-_].*"));
              int dot = jwt.lastIndexOf('.');
              return jwt.substring(0, dot) + jwt.substring(dot).replace('-', '+').replace('_', '/');
            }));
    all.add(
        forgery(
            "spare bits in the signature",
            () -> {
              // 64 bytes leave four spare bits in the 86th character
              String jwt = by(EC).sign();
              return withSpareBit(jwt);
            }));
    all.add(
        forgery(
            "spare bits in the claims",
            () -> {
              TestAssertion good = by(EC);
              for (int i = 0; good.claimsJson().length() % 3 == 0; i++) {
                good.claim("pad", "x".repeat(i));
              }
              return TestAssertion.signInput(EC, withSpareBit(unsigned(good)));
            }));
    return all;
  }

  private static List<Forgery> segments() {
    String jwe = "eyJhbGciOiJSU0EtT0FFUCIsImVuYyI6IkEyNTZHQ00ifQ.AAAA.AAAA.AAAA.AAAA";
    return List.of(
        forgery("nothing but dots", () -> ".."),
        forgery("one dot", () -> "."),
        forgery("four dots", () -> "...."),
        forgery("one word", () -> "assertion"),
        forgery("two segments", () -> unsigned(by(EC))),
        forgery("four segments", () -> by(EC).sign() + ".AAAA"),
        forgery("a dot more", () -> by(EC).sign() + "."),
        forgery("a dot in front", () -> "." + by(EC).sign()),
        forgery("five segments", () -> by(EC).sign() + ".AAAA.AAAA"),
        forgery("a JWE", () -> jwe),
        forgery("no header", () -> by(EC).sign().replaceFirst("^[^.]*", "")),
        forgery("no claims", () -> by(EC).sign().replaceFirst("\\.[^.]*\\.", "..")),
        forgery(
            "no claims, signed so",
            () -> TestAssertion.signInput(EC, base64url(by(EC).headerJson()) + ".")),
        forgery("no header, signed so", () -> TestAssertion.signInput(EC, "." + base64url("{}"))),
        forgery(
            "a JWT in a JWT",
            () -> {
              TestAssertion outer = by(EC).header("cty", "JWT");
              return TestAssertion.sign(EC, outer.headerJson(), by(EC).sign());
            }),
        forgery(
            "a JWT in a JSON string in a JWT",
            () -> TestAssertion.sign(EC, by(EC).headerJson(), '"' + by(EC).sign() + '"')),
        forgery("the JSON serialization", () -> jsonSerialization(by(EC).sign())),
        forgery("the same JWT twice", () -> by(EC).sign() + by(EC).sign()),
        forgery("two JWTs with a comma", () -> by(EC).sign() + "," + by(EC).sign()),
        forgery("quoted", () -> '"' + by(EC).sign() + '"'),
        forgery("Bearer in front", () -> "Bearer " + by(EC).sign()));
  }

  @Test
  void body_upToItsLimit_isRefusedWithoutDelay() {
    String form = "grant_type=client_credentials&client_assertion_type=" + TestAssertion.TYPE;
    int room = 64 * 1024 - form.length() - "&client_assertion=".length() - 16;
    for (String jwt :
        List.of(
            ".".repeat(room),
            "A".repeat(room),
            "A".repeat(room / 2) + "." + "A".repeat(room / 3) + ".A",
            by(EC).sign() + "A".repeat(room - 1_000),
            huge(room))) {
      assertRefused("a body of " + jwt.length(), jwt);
    }
  }

  @Test
  void form_broken_isInvalidRequest() {
    for (String piece :
        List.of("client_assertion=%", "client_assertion=%zz", "client_assertion=%ff%fe")) {
      TokenCall.Answer answer =
          TokenCall.to(gateway)
              .clientCredentials()
              .param("client_assertion_type", TestAssertion.TYPE)
              .raw(piece)
              .send();
      assertThat(answer.status()).isEqualTo(400);
      assertThat(answer.error()).isEqualTo("invalid_request");
    }
  }

  private static void assertRefused(String name, String jwt) {
    TokenCall call = TestAssertion.call(gateway, jwt);
    long start = System.nanoTime();
    TokenCall.Answer answer = call.send();
    long millis = (System.nanoTime() - start) / 1_000_000;

    assertThat(answer.status()).as(name).isEqualTo(401);
    assertThat(answer.response().body()).as(name).isEqualTo(wrongSignature.response().body());
    assertThat(headersOf(answer)).as(name).isEqualTo(headersOf(wrongSignature));
    assertThat(millis).as(name).isLessThan(MOST_MILLIS);
  }

  /** All but the name of the decision, which each has for itself. */
  private static Map<String, List<String>> headersOf(TokenCall.Answer answer) {
    Map<String, List<String>> headers = new HashMap<>(answer.response().headers().map());
    assertThat(headers.remove("postern-decision-id")).hasSize(1);
    return headers;
  }

  private static List<Object> wrongTypes() {
    return List.of(
        1, 1.5, true, false, new JsonArray(), new JsonArray().add(1), new JsonObject(), "");
  }

  private static TestAssertion by(TestKey key) {
    return TestAssertion.by(key, agent.clientId(), gateway.issuer());
  }

  private static String base64url(String text) {
    return TestAssertion.base64url(text.getBytes(StandardCharsets.UTF_8));
  }

  private static String unsigned(TestAssertion assertion) {
    return base64url(assertion.headerJson()) + "." + base64url(assertion.claimsJson());
  }

  private static String with(TestAssertion assertion, String claim, String value) {
    return TestAssertion.sign(
        EC,
        assertion.headerJson(),
        "{\"" + claim + "\":" + value + "," + assertion.claimsJson().substring(1));
  }

  private interface Change {
    byte[] of(byte[] signature);
  }

  private static String resigned(TestKey key, Change change) {
    String input = unsigned(by(key));
    byte[] signature = key.sign(input.getBytes(StandardCharsets.US_ASCII));
    return input + "." + TestAssertion.base64url(change.of(signature));
  }

  private static String hmac(TestAssertion assertion, String alg, byte[] secret) {
    try {
      String name = alg.replace("HS", "HmacSHA");
      Mac mac = Mac.getInstance(name);
      mac.init(new SecretKeySpec(secret, name));
      String input = unsigned(assertion);
      return input
          + "."
          + TestAssertion.base64url(mac.doFinal(input.getBytes(StandardCharsets.US_ASCII)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static byte[] spki(TestKey key) {
    try {
      return key.jwk() instanceof OctetKeyPair okp
          ? okp.getDecodedX()
          : ((AsymmetricJWK) key.jwk()).toPublicKey().getEncoded();
    } catch (JOSEException e) {
      throw new IllegalStateException(e);
    }
  }

  private static byte[] pem(TestKey key) {
    String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(spki(key));
    return ("-----BEGIN PUBLIC KEY-----\n" + body + "\n-----END PUBLIC KEY-----\n")
        .getBytes(StandardCharsets.US_ASCII);
  }

  private static byte[] unsigned32(BigInteger number) {
    byte[] bytes = number.toByteArray();
    byte[] fixed = new byte[32];
    int length = Math.min(bytes.length, 32);
    System.arraycopy(bytes, bytes.length - length, fixed, 32 - length, length);
    return fixed;
  }

  private static byte[] joined(byte[] r, byte[] s) {
    byte[] both = Arrays.copyOf(r, r.length + s.length);
    System.arraycopy(s, 0, both, r.length, s.length);
    return both;
  }

  private static byte[] compressed(String text, String zip) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DeflaterOutputStream out =
        zip.equals("GZIP") ? new GZIPOutputStream(bytes) : new DeflaterOutputStream(bytes)) {
      out.write(text.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  // the last character's lowest bit, which stands for nothing
  private static String withSpareBit(String encoded) {
    String alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    int last = alphabet.indexOf(encoded.charAt(encoded.length() - 1));
    assertThat(last & 1).isZero();
    return encoded.substring(0, encoded.length() - 1) + alphabet.charAt(last + 1);
  }

  private static String jsonSerialization(String jwt) {
    String[] parts = jwt.split("\\.", -1);
    return new JsonObject()
        .put("protected", parts[0])
        .put("payload", parts[1])
        .put("signature", parts[2])
        .encode();
  }

  // as many small members as fit
  private static String huge(int room) {
    StringBuilder claims = new StringBuilder("{");
    int most = room * 3 / 4 - 1_000;
    for (int i = 0; claims.length() < most; i++) {
      claims.append("\"").append(i).append("\":0,");
    }
    claims.append("\"jti\":\"").append(UUID.randomUUID()).append("\"}");
    return TestAssertion.sign(EC, by(EC).headerJson(), claims.toString());
  }
}
