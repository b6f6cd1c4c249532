package io.postern.admin.registry;

import static org.assertj.core.api.Assertions.assertThatCode;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.postern.admin.protocol.Faults;
import io.postern.admin.protocol.JsonFields;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Whatever is sent for a key is read or refused; nothing makes the reading fail. */
class KeyUploadProperties {
  private static final JsonMapper JSON = new JsonMapper();
  private static final Instant NOW = Instant.parse("2030-01-01T00:00:00Z");

  private static final List<byte[]> DERS =
      List.of(
          KeySamples.EC.getPublic().getEncoded(),
          KeySamples.RSA.getPublic().getEncoded(),
          KeySamples.ED25519.getPublic().getEncoded(),
          KeySamples.pss(null),
          KeySamples.rsaPublicKey(),
          KeySamples.certificate(KeySamples.EC, "a", "b", 0x80),
          Base64.getDecoder().decode(KeySamples.ssh(KeySamples.EC).split(" ", -1)[1]),
          Base64.getDecoder().decode(KeySamples.ssh(KeySamples.RSA).split(" ", -1)[1]));

  private static void read(ObjectNode body) {
    assertThatCode(() -> KeyUpload.read(new JsonFields(body, "", new Faults()), NOW))
        .doesNotThrowAnyException();
  }

  /** A good key with some bytes changed. */
  @Provide
  Arbitrary<byte[]> ders() {
    return Arbitraries.of(DERS)
        .flatMap(
            der ->
                Arbitraries.integers()
                    .between(0, der.length * 256 - 1)
                    .list()
                    .ofMaxSize(4)
                    .map(
                        changes -> {
                          byte[] changed = der.clone();
                          changes.forEach(c -> changed[c / 256] = (byte) (c % 256));
                          return changed;
                        }));
  }

  @Property(tries = 2000)
  void changedKey_isReadOrRefused(@ForAll("ders") byte[] der) {
    read(JSON.createObjectNode().put("pem", KeySamples.base64(der)));
    read(JSON.createObjectNode().put("pem", KeySamples.pem("PUBLIC KEY", der)));
    read(JSON.createObjectNode().put("pem", "ssh-rsa " + KeySamples.base64(der)));
    ObjectNode jwk = JSON.createObjectNode();
    jwk.putObject("jwk").put("kty", "RSA").putArray("x5c").add(KeySamples.base64(der));
    read(jwk);
  }

  /** Pieces of which texts with keys are made, in any order. */
  @Provide
  Arbitrary<String> texts() {
    return Arbitraries.oneOf(
            Arbitraries.strings().ofMaxLength(10),
            Arbitraries.of(
                "-----BEGIN ",
                "-----END ",
                "-----BEGIN PUBLIC KEY-----",
                "-----END PUBLIC KEY-----",
                "-----",
                "PUBLIC KEY",
                ":",
                "\\n",
                "\n",
                " ",
                "ssh-rsa ",
                "AAAA",
                "=",
                "{"),
            ders().map(KeySamples::base64))
        .list()
        .ofMaxSize(8)
        .map(pieces -> String.join("", pieces));
  }

  @Property(tries = 2000)
  void anyText_isReadOrRefused(@ForAll("texts") String text) {
    read(JSON.createObjectNode().put("pem", text));
  }

  @Property(tries = 1000)
  void anyJwk_isReadOrRefused(
      @ForAll("members") List<String> members, @ForAll("values") List<String> values)
      throws Exception {
    ObjectNode jwk = JSON.createObjectNode();
    for (int i = 0; i < Math.min(members.size(), values.size()); i++) {
      jwk.set(members.get(i), JSON.readTree(values.get(i)));
    }
    ObjectNode body = JSON.createObjectNode();
    body.set("jwk", jwk);
    read(body);
  }

  @Provide
  Arbitrary<List<String>> members() {
    return Arbitraries.of(
            "kty", "crv", "x", "y", "n", "e", "d", "kid", "use", "alg", "key_ops", "x5c", "keys")
        .list()
        .ofMaxSize(8);
  }

  @Provide
  Arbitrary<List<String>> values() {
    return Arbitraries.of(
            "\"RSA\"",
            "\"EC\"",
            "\"OKP\"",
            "\"P-256\"",
            "\"P-521\"",
            "\"Ed25519\"",
            "\"sig\"",
            "\"AQAB\"",
            "\"\"",
            "\"ES256\"",
            "null",
            "7",
            "true",
            "[]",
            "[7]",
            "[null]",
            "[{}]",
            "{}",
            "[\"MAA=\"]",
            "[{\"kty\": \"EC\"}]",
            "[\"verify\"]")
        .list()
        .ofMaxSize(8);
  }
}
