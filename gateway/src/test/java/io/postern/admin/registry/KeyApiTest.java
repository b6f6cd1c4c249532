package io.postern.admin.registry;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.OctetSequenceKey;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.util.Base64URL;
import io.postern.admin.AdminServer;
import io.postern.admin.AdminServer.Answer;
import java.math.BigInteger;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.RSAKeyGenParameterSpec;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.Date;
import org.bouncycastle.asn1.pkcs.RSAPrivateKey;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class KeyApiTest {
  @RegisterExtension static final AdminServer server = new AdminServer();

  private static final KeyPair RSA = rsa(2048, 65537);
  private static final KeyPair EC = ec("secp256r1");

  private static String newKeys() throws Exception {
    return "/admin/v1/agents/" + server.newAgent("a") + "/keys";
  }

  private static KeyPair rsa(int bits, int exponent) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(new RSAKeyGenParameterSpec(bits, BigInteger.valueOf(exponent)));
      return generator.generateKeyPair();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private static KeyPair ec(String curve) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC", new BouncyCastleProvider());
      generator.initialize(new ECGenParameterSpec(curve));
      return generator.generateKeyPair();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private static JWK jwk(PublicKey key) {
    return key instanceof RSAPublicKey rsa
        ? new RSAKey.Builder(rsa).build()
        : new ECKey.Builder(Curve.P_256, (ECPublicKey) key).build();
  }

  private static String pem(String label, byte[] der) {
    return "-----BEGIN %s-----\n%s\n-----END %s-----\n"
        .formatted(label, Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der), label);
  }

  private static String body(String member, String value) {
    return AdminServer.JSON.createObjectNode().put(member, value).toString();
  }

  private static Answer postJwk(String json) throws Exception {
    return server.post(newKeys(), "{\"jwk\": " + json + "}");
  }

  @Test
  void createKey_ecJwk_isKeptWithItsThumbprint() throws Exception {
    String keys = newKeys();
    JWK key = jwk(EC.getPublic());
    Answer created =
        server.post(
            keys,
            "{\"jwk\": %s, \"kid\": \"key 1/ä\"}".formatted(key.toJSONString()).replace("ä", "a"));
    assertThat(created.status()).isEqualTo(201);
    assertThat(created.text("kid")).isEqualTo("key 1/a");
    assertThat(created.text("thumbprint")).isEqualTo(key.computeThumbprint().toString());
    assertThat(created.header("Location")).isEqualTo(keys + "/key%201%2Fa");
    JWK shown = JWK.parse(created.json().path("jwk").toString());
    assertThat(shown.computeThumbprint()).isEqualTo(key.computeThumbprint());
    assertThat(shown.getKeyID()).isEqualTo("key 1/a");

    assertThat(server.get(keys + "/key%201%2Fa").json()).isEqualTo(created.json());
    assertThat(server.get(keys).json().path("items").get(0)).isEqualTo(created.json());
    assertThat(
            server.query(
                "select key_type || ' ' || encode(public_key, 'base64') from client_key"
                    + " where kid = 'key 1/a'"))
        .first()
        .asString()
        .isEqualToIgnoringWhitespace(
            "P-256" + Base64.getEncoder().encodeToString(EC.getPublic().getEncoded()));
    assertThat(server.delete(keys + "/key%201%2Fa").status()).isEqualTo(204);
    assertThat(server.get(keys + "/key%201%2Fa").status()).isEqualTo(404);
  }

  @Test
  void createKey_everyKind_isAccepted() throws Exception {
    for (String curve : new String[] {"secp384r1", "secp521r1"}) {
      Answer answer =
          server.post(
              newKeys(), body("pem", pem("PUBLIC KEY", ec(curve).getPublic().getEncoded())));
      assertThat(answer.status()).as(curve).isEqualTo(201);
    }
    assertThat(postJwk(jwk(RSA.getPublic()).toJSONString()).status()).isEqualTo(201);
    PublicKey ed25519 = KeyPairGenerator.getInstance("Ed25519").generateKeyPair().getPublic();
    Answer okp = server.post(newKeys(), body("pem", pem("PUBLIC KEY", ed25519.getEncoded())));
    assertThat(okp.json().at("/jwk/crv").asText()).isEqualTo("Ed25519");
    Answer again =
        postJwk(((ObjectNode) okp.json().path("jwk").deepCopy()).put("alg", "Ed25519").toString());
    assertThat(again.json().at("/jwk/alg").asText()).isEqualTo("EdDSA");
    assertThat(server.query("select encode(public_key, 'hex') from client_key where alg = 'EdDSA'"))
        .containsExactly(java.util.HexFormat.of().formatHex(ed25519.getEncoded()));
  }

  @Test
  void createKey_rsaPublicKeyPem_isAccepted() throws Exception {
    byte[] pkcs1 =
        SubjectPublicKeyInfo.getInstance(RSA.getPublic().getEncoded())
            .parsePublicKey()
            .getEncoded();
    Answer answer = server.post(newKeys(), body("pem", pem("RSA PUBLIC KEY", pkcs1)));
    assertThat(answer.status()).isEqualTo(201);
    assertThat(answer.text("kid"))
        .isEqualTo(answer.text("thumbprint"))
        .isEqualTo(jwk(RSA.getPublic()).computeThumbprint().toString());
  }

  @Test
  void createKey_certificate_isAcceptedAndEndsWithIt() throws Exception {
    Instant end = Instant.now().plus(90, ChronoUnit.DAYS).truncatedTo(ChronoUnit.SECONDS);
    Answer answer = server.post(newKeys(), body("pem", certificate(end)));
    assertThat(answer.status()).isEqualTo(201);
    assertThat(answer.text("thumbprint"))
        .isEqualTo(jwk(EC.getPublic()).computeThumbprint().toString());
    assertThat(answer.text("expires_at")).isEqualTo(end.toString());

    Answer expired =
        server.post(newKeys(), body("pem", certificate(Instant.now().minusSeconds(60))));
    assertThat(expired.status()).isEqualTo(422);
    assertThat(expired.pointers()).containsExactly("/pem");
  }

  private static String certificate(Instant notAfter) throws Exception {
    X500Name name = new X500Name("CN=agent");
    var builder =
        new JcaX509v3CertificateBuilder(
            name,
            BigInteger.ONE,
            Date.from(Instant.EPOCH),
            Date.from(notAfter),
            name,
            EC.getPublic());
    PrivateKey key = EC.getPrivate();
    var signer = new JcaContentSignerBuilder("SHA256withECDSA").build(key);
    return pem("CERTIFICATE", builder.build(signer).getEncoded());
  }

  @Test
  void createKey_privateJwk_isRefusedAndNotEchoed() throws Exception {
    ECKey key =
        new ECKey.Builder(Curve.P_256, (ECPublicKey) EC.getPublic())
            .privateKey(EC.getPrivate())
            .build();
    Answer answer = postJwk(key.toJSONString());
    assertThat(answer.status()).isEqualTo(422);
    assertThat(answer.pointers()).containsExactly("/jwk/d");
    assertThat(answer.json().toString()).doesNotContain(key.toJSONObject().get("d").toString());
  }

  @Test
  void createKey_privatePem_isRefused() throws Exception {
    byte[] pkcs1 =
        RSAPrivateKey.getInstance(
                org.bouncycastle.asn1.pkcs.PrivateKeyInfo.getInstance(RSA.getPrivate().getEncoded())
                    .parsePrivateKey())
            .getEncoded();
    for (String pem :
        new String[] {
          pem("PRIVATE KEY", EC.getPrivate().getEncoded()),
          pem("RSA PRIVATE KEY", pkcs1),
          pem("PUBLIC KEY", EC.getPublic().getEncoded())
              + pem("PRIVATE KEY", EC.getPrivate().getEncoded())
        }) {
      Answer answer = server.post(newKeys(), body("pem", pem));
      assertThat(answer.status()).isEqualTo(422);
      assertThat(answer.pointers()).containsExactly("/pem");
    }
  }

  @Test
  void createKey_symmetric_isRefused() throws Exception {
    JWK key = new OctetSequenceKey.Builder(new byte[32]).build();
    assertThat(postJwk(key.toJSONString()).pointers())
        .containsExactlyInAnyOrder("/jwk/k", "/jwk/kty");
  }

  @Test
  void createKey_weakRsa_isRefused() throws Exception {
    assertThat(postJwk(jwk(rsa(1024, 65537).getPublic()).toJSONString()).pointers())
        .containsExactly("/jwk/n");
    assertThat(postJwk(jwk(rsa(2048, 3).getPublic()).toJSONString()).pointers())
        .containsExactly("/jwk/e");
    Base64URL modulus = ((RSAKey) jwk(RSA.getPublic())).getModulus();
    String evenExponent = "{\"kty\": \"RSA\", \"n\": \"%s\", \"e\": \"AQAC\"}".formatted(modulus);
    assertThat(postJwk(evenExponent).pointers()).containsExactly("/jwk/e");
    String huge = Base64URL.encode(BigInteger.ONE.shiftLeft(8192).setBit(0)).toString();
    assertThat(
            postJwk("{\"kty\": \"RSA\", \"n\": \"%s\", \"e\": \"AQAB\"}".formatted(huge))
                .pointers())
        .containsExactly("/jwk/n");
    assertThat(
            server
                .post(
                    newKeys(),
                    body("pem", pem("PUBLIC KEY", rsa(1024, 65537).getPublic().getEncoded())))
                .pointers())
        .containsExactly("/pem");
  }

  @Test
  void createKey_pointOffTheCurve_isRefused() throws Exception {
    ObjectNode key = (ObjectNode) AdminServer.JSON.readTree(jwk(EC.getPublic()).toJSONString());
    String x = key.path("x").asText();
    assertThat(postJwk(key.deepCopy().put("y", x).toString()).pointers()).containsExactly("/jwk/x");
    assertThat(
            postJwk("{\"kty\": \"EC\", \"crv\": \"P-256\", \"x\": \"AA\", \"y\": \"AA\"}")
                .pointers())
        .containsExactly("/jwk/x");
  }

  @Test
  void createKey_otherCurves_areRefused() throws Exception {
    ObjectNode key = (ObjectNode) AdminServer.JSON.readTree(jwk(EC.getPublic()).toJSONString());
    assertThat(postJwk(key.put("crv", "secp256k1").toString()).pointers())
        .containsExactly("/jwk/crv");
    Answer pem =
        server.post(
            newKeys(), body("pem", pem("PUBLIC KEY", ec("secp256k1").getPublic().getEncoded())));
    assertThat(pem.pointers()).containsExactly("/pem");
    PublicKey x25519 = KeyPairGenerator.getInstance("X25519").generateKeyPair().getPublic();
    assertThat(
            server.post(newKeys(), body("pem", pem("PUBLIC KEY", x25519.getEncoded()))).pointers())
        .containsExactly("/pem");
    assertThat(postJwk("{\"kty\": \"OKP\", \"crv\": \"Ed448\", \"x\": \"AAAA\"}").pointers())
        .containsExactly("/jwk/crv");
  }

  @Test
  void createKey_ed25519PointOfSmallOrder_isRefused() throws Exception {
    String zero = Base64URL.encode(new byte[32]).toString();
    assertThat(
            postJwk("{\"kty\": \"OKP\", \"crv\": \"Ed25519\", \"x\": \"%s\"}".formatted(zero))
                .pointers())
        .containsExactly("/jwk/x");
  }

  @Test
  void createKey_forAnotherUse_isRefusedWithAllFaults() throws Exception {
    ObjectNode key = (ObjectNode) AdminServer.JSON.readTree(jwk(EC.getPublic()).toJSONString());
    key.put("use", "enc").put("alg", "RS256").put("kid", 7).putArray("key_ops").add("encrypt");
    Answer answer = postJwk(key.toString());
    assertThat(answer.status()).isEqualTo(422);
    assertThat(answer.pointers())
        .containsExactlyInAnyOrder("/jwk/use", "/jwk/alg", "/jwk/kid", "/jwk/key_ops");
    assertThat(postJwk(key.put("alg", "none").toString()).pointers()).contains("/jwk/alg");
  }

  @Test
  void createKey_neitherOrBoth_isRefused() throws Exception {
    assertThat(server.post(newKeys(), "{}").pointers()).containsExactly("");
    assertThat(server.post(newKeys(), "{\"jwk\": {}, \"pem\": \"\"}").pointers())
        .contains("", "/pem", "/jwk/kty");
    assertThat(server.post(newKeys(), "{\"jwk\": \"x\"}").pointers()).containsExactly("/jwk");
    assertThat(server.post(newKeys(), "{\"pem\": \"x\"}").pointers()).containsExactly("/pem");
    assertThat(
            server.post(newKeys(), body("pem", pem("PUBLIC KEY", new byte[] {1, 2, 3}))).pointers())
        .containsExactly("/pem");
  }

  @Test
  void createKey_twice_isAConflict() throws Exception {
    String keys = newKeys();
    String jwk = jwk(EC.getPublic()).toJSONString();
    assertThat(server.post(keys, "{\"jwk\": %s, \"kid\": \"1\"}".formatted(jwk)).status())
        .isEqualTo(201);
    Answer sameKey = server.post(keys, "{\"jwk\": %s, \"kid\": \"2\"}".formatted(jwk));
    assertThat(sameKey.status()).isEqualTo(409);
    assertThat(sameKey.text("type")).isEqualTo("urn:postern:problem:key-exists");
    String other = jwk(RSA.getPublic()).toJSONString();
    Answer sameKid = server.post(keys, "{\"jwk\": %s, \"kid\": \"1\"}".formatted(other));
    assertThat(sameKid.status()).isEqualTo(409);
    assertThat(sameKid.pointers()).containsExactly("/kid");
  }
}
