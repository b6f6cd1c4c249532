package io.postern.admin.registry;

import static io.postern.admin.registry.KeySamples.BEGIN;
import static io.postern.admin.registry.KeySamples.EC;
import static io.postern.admin.registry.KeySamples.ED25519;
import static io.postern.admin.registry.KeySamples.END;
import static io.postern.admin.registry.KeySamples.RSA;
import static io.postern.admin.registry.KeySamples.base64;
import static io.postern.admin.registry.KeySamples.certificate;
import static io.postern.admin.registry.KeySamples.key;
import static io.postern.admin.registry.KeySamples.pair;
import static io.postern.admin.registry.KeySamples.pem;
import static io.postern.admin.registry.KeySamples.pss;
import static io.postern.admin.registry.KeySamples.publicPem;
import static io.postern.admin.registry.KeySamples.ssh;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.postern.admin.AdminServer;
import io.postern.admin.AdminServer.Answer;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.cms.CMSObjectIdentifiers;
import org.bouncycastle.asn1.cms.ContentInfo;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.EncryptedPrivateKeyInfo;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.pkcs.RSASSAPSSparams;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The forms in which people send a public key, and what they send for one. */
class KeyFormsTest {
  @RegisterExtension static final AdminServer server = new AdminServer();

  private static final String UNKNOWN =
      "must be a public key or a certificate in PEM, or the line of an OpenSSH .pub file";
  private static final String CUT_OFF =
      "is cut off or changed between a BEGIN line and its END line";
  private static final String PRIVATE =
      "is a private key: send the public key alone (openssl pkey -pubout), and replace this one";
  private static final String ENCRYPTED =
      "is an encrypted private key: send the public key alone (openssl pkey -pubout), and replace"
          + " this one";

  private static final byte[] LEAF = certificate(EC, "agent", "issuing", null);
  private static final byte[] ISSUING = certificate(RSA, "issuing", "root", null);
  private static final byte[] ROOT = certificate(ED25519, "root", "root", null);

  private static Answer post(String member, Object value) throws Exception {
    return postBody(AdminServer.JSON.createObjectNode().putPOJO(member, value));
  }

  private static Answer postBody(ObjectNode body) throws Exception {
    return server.post("/admin/v1/agents/" + server.newAgent("a") + "/keys", body.toString());
  }

  private static ObjectNode jwk(KeyPair pair) {
    try {
      return (ObjectNode) AdminServer.JSON.readTree(key(pair).jwk().toJSONString());
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private static ObjectNode setOf(ObjectNode... keys) {
    ObjectNode set = AdminServer.JSON.createObjectNode();
    set.putArray("keys").addAll(List.of(keys));
    return set;
  }

  private static ObjectNode withChain(ObjectNode jwk, String... certificates) {
    ArrayNode chain = jwk.putArray("x5c");
    List.of(certificates).forEach(chain::add);
    return jwk;
  }

  private static Arguments text(String name, String text, KeyPair pair) {
    return Arguments.of(name, "pem", text, pair);
  }

  private static Arguments jwk(String name, ObjectNode jwk, KeyPair pair) {
    return Arguments.of(name, "jwk", jwk, pair);
  }

  static Stream<Arguments> accepted() {
    String pem = publicPem(EC);
    String der = base64(EC.getPublic().getEncoded());
    KeyPair p384 = pair("EC", 384);
    KeyPair p521 = pair("EC", 521);
    String chain =
        pem("CERTIFICATE", LEAF) + pem("CERTIFICATE", ISSUING) + pem("CERTIFICATE", ROOT);
    return Stream.of(
        text("PEM", pem, EC),
        text("with a byte order mark", "\uFEFF" + pem, EC),
        text("indented", pem.indent(4), EC),
        text("with hard spaces", pem.replace("\n", "\u00A0\n\u00A0"), EC),
        text("with CR", pem.replace('\n', '\r'), EC),
        text("with CR LF", pem.replace("\n", "\r\n"), EC),
        text("on one line", pem.replace('\n', ' '), EC),
        text("without any break", pem.replace("\n", ""), EC),
        text("with each space a break", pem.replace(' ', '\n'), EC),
        text("escaped", pem.replace("\n", "\\n"), EC),
        text("escaped twice", pem.replace("\n", "\\\\r\\\\n"), EC),
        text("quoted", "'" + pem.replace("\n", "\\n") + "'", EC),
        text("with words around", "Bag Attributes\n  friendlyName: {F2C}\n" + pem + "\nend", EC),
        text("with the curve before it", pem("EC PARAMETERS", new byte[] {5, 0}) + pem, EC),
        text("bare base64", der, EC),
        text("bare base64 in lines", der.replaceAll("(.{20})", "$1\n"), EC),
        text("bare base64url", der.replace('+', '-').replace('/', '_').replace("=", ""), EC),
        text("base64 of PEM", base64(pem.getBytes(StandardCharsets.US_ASCII)), EC),
        text("PKCS #1", pem("RSA PUBLIC KEY", KeySamples.rsaPublicKey()), RSA),
        text("PKCS #1 without a label", base64(KeySamples.rsaPublicKey()), RSA),
        text("under another label", pem("RSA PUBLIC KEY", RSA.getPublic().getEncoded()), RSA),
        text("RSASSA-PSS", pem("PUBLIC KEY", pss(null)), RSA),
        text("RSASSA-PSS, SHA-256", pem("PUBLIC KEY", pss(sha256(32))), RSA),
        text("OpenSSH, Ed25519", ssh(ED25519), ED25519),
        text("OpenSSH, P-256", ssh(EC), EC),
        text("OpenSSH, P-384", ssh(p384), p384),
        text("OpenSSH, P-521", ssh(p521), p521),
        text("OpenSSH, RSA", ssh(RSA), RSA),
        text("authorized_keys", "# me\nno-pty,command=\"x\" " + ssh(ED25519) + "\n", ED25519),
        text("known_hosts", "host.example,192.0.2.1 " + ssh(EC), EC),
        text("OpenSSH's base64", ssh(ED25519).split(" ", -1)[1], ED25519),
        text("certificate", pem("CERTIFICATE", LEAF), EC),
        text("old label of certificates", pem("X509 CERTIFICATE", LEAF), EC),
        text("bare certificate", base64(LEAF), EC),
        text("self-signed certificate", pem("CERTIFICATE", ROOT), ED25519),
        text("chain", chain, EC),
        text(
            "chain upside down",
            pem("CERTIFICATE", ROOT) + pem("CERTIFICATE", LEAF) + pem("CERTIFICATE", ISSUING),
            EC),
        text(
            "certificate for signatures",
            pem(
                "CERTIFICATE",
                certificate(EC, "a", "b", KeyUsage.digitalSignature | KeyUsage.keyAgreement)),
            EC),
        text(
            "certificate of a clock ahead",
            pem("CERTIFICATE", certificate(EC, "a", "a", Instant.now().plusSeconds(30), END, null)),
            EC),
        jwk("JWK", jwk(EC), EC),
        jwk("private member that is null", jwk(EC).putNull("d"), EC),
        jwk("JWK Set of one", setOf(jwk(EC)), EC),
        jwk("JWK Set with one for encryption", setOf(jwk(RSA).put("use", "enc"), jwk(EC)), EC),
        jwk("x5c", withChain(jwk(EC), base64(LEAF), base64(ISSUING)), EC));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource
  void accepted(String name, String member, Object value, KeyPair pair) throws Exception {
    Answer answer = post(member, value);
    assertThat(answer.status()).as(answer.json().toString()).isEqualTo(201);
    assertThat(answer.text("thumbprint")).isEqualTo(key(pair).thumbprint());
    boolean bound = name.startsWith("RSASSA-PSS");
    assertThat(answer.json().at("/jwk/alg").asText()).isEqualTo(bound ? "PS256" : "");
  }

  private static RSASSAPSSparams sha256(int saltBytes) {
    var hash = new AlgorithmIdentifier(NISTObjectIdentifiers.id_sha256, DERNull.INSTANCE);
    return new RSASSAPSSparams(
        hash,
        new AlgorithmIdentifier(PKCSObjectIdentifiers.id_mgf1, hash),
        new ASN1Integer(saltBytes),
        RSASSAPSSparams.DEFAULT_TRAILER_FIELD);
  }

  private static Arguments refusal(String text, String detail) {
    return Arguments.of("pem", text, "/pem", detail);
  }

  private static Arguments refusal(ObjectNode jwk, String pointer, String detail) {
    return Arguments.of("jwk", jwk, pointer, detail);
  }

  static Stream<Arguments> refused() throws Exception {
    String pem = publicPem(EC);
    byte[] pkcs8 = EC.getPrivate().getEncoded();
    byte[] inner =
        PrivateKeyInfo.getInstance(pkcs8).parsePrivateKey().toASN1Primitive().getEncoded();
    byte[] rsa =
        PrivateKeyInfo.getInstance(RSA.getPrivate().getEncoded())
            .parsePrivateKey()
            .toASN1Primitive()
            .getEncoded();
    byte[] encrypted =
        new EncryptedPrivateKeyInfo(
                new AlgorithmIdentifier(PKCSObjectIdentifiers.id_PBES2, DERNull.INSTANCE),
                new byte[64])
            .getEncoded();
    byte[] request =
        new JcaPKCS10CertificationRequestBuilder(new X500Name("CN=a"), EC.getPublic())
            .build(new JcaContentSignerBuilder("SHA256withECDSA").build(EC.getPrivate()))
            .getEncoded();
    byte[] bundle = new ContentInfo(CMSObjectIdentifiers.signedData, DERNull.INSTANCE).getEncoded();
    byte[] store = HexFormat.of().parseHex("3018020103301306092a864886f70d010701a006040430020500");
    Instant later = Instant.parse("2099-01-01T00:00:00Z");
    Instant past = Instant.parse("2021-01-01T00:00:00Z");
    byte[] notYet = certificate(EC, "a", "a", later, END, null);
    String notYetDetail =
        "is a certificate that is valid only from %s: send it then, or now its public key alone"
            .formatted(later);
    String usage =
        "is a certificate whose key usage excludes signing: send one that has digitalSignature, or"
            + " no key usage";
    String broken = "is no whole OpenSSH key: send the line of its .pub file unbroken";
    String security = "is a key of a security key, which signs for SSH alone: send another one";
    return Stream.of(
        refusal("", UNKNOWN),
        refusal("x", UNKNOWN),
        refusal("no key at all", UNKNOWN),
        refusal("§$%&", UNKNOWN),
        refusal(base64(new byte[32]), broken),
        refusal(base64("plain text".getBytes(StandardCharsets.US_ASCII)), UNKNOWN),
        refusal(pem("PUBLIC KEY", new byte[] {1, 2, 3}), UNKNOWN),
        refusal(pem("EC PARAMETERS", new byte[] {5, 0}), UNKNOWN),
        refusal(pem.substring(0, 120), CUT_OFF),
        refusal(pem.replace("END PUBLIC", "END RSA PUBLIC"), CUT_OFF),
        refusal(pem.replace("E", "!"), UNKNOWN),
        refusal("-----BEGIN ", UNKNOWN),
        refusal("-----BEGIN PUBLIC KEY-----\nab!d\n-----END PUBLIC KEY-----", CUT_OFF),
        refusal(pem + publicPem(RSA), "holds 2 keys: send one alone"),
        refusal(pem + pem("CERTIFICATE", LEAF), "holds 2 keys: send one alone"),
        refusal(ssh(EC) + "\n" + ssh(RSA), "holds 2 keys: send one alone"),
        refusal(
            pem("CERTIFICATE", LEAF) + pem("CERTIFICATE", ROOT),
            "holds 2 certificates that are not one chain: send the agent's alone"),
        refusal(pem("PRIVATE KEY", pkcs8), PRIVATE),
        refusal(pem + pem("PRIVATE KEY", pkcs8), PRIVATE),
        refusal(pem("PRIVATE KEY", pkcs8).replaceAll("\\s", "\\\\n"), PRIVATE),
        refusal(pem("EC PRIVATE KEY", inner), PRIVATE),
        refusal(pem("RSA PRIVATE KEY", rsa), PRIVATE),
        refusal(base64(pkcs8), PRIVATE),
        refusal(base64(inner), PRIVATE),
        refusal(base64(rsa), PRIVATE),
        refusal(base64(pem("PRIVATE KEY", pkcs8).getBytes(StandardCharsets.US_ASCII)), PRIVATE),
        refusal(pem("CERTIFICATE", pkcs8), PRIVATE),
        refusal(pem("ENCRYPTED PRIVATE KEY", encrypted), ENCRYPTED),
        refusal(base64(encrypted), ENCRYPTED),
        refusal(
            "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: x\n\nAAAA\n"
                + "-----END RSA PRIVATE KEY-----",
            ENCRYPTED),
        refusal(
            pem("OPENSSH PRIVATE KEY", new byte[9]),
            "is a private key: send the line of the .pub file beside it, and replace this one"),
        refusal(
            "PuTTY-User-Key-File-3: ssh-ed25519\n" + ssh(ED25519),
            "is a private key: send the line for OpenSSH that PuTTYgen shows, and replace this"
                + " one"),
        refusal(
            pem("PGP PRIVATE KEY BLOCK", new byte[9]),
            "is a private key of OpenPGP: send a PUBLIC KEY, and replace this one"),
        refusal(pem("PGP PUBLIC KEY BLOCK", new byte[9]), "is an OpenPGP key: send a PUBLIC KEY"),
        refusal(
            "---- BEGIN SSH2 PUBLIC KEY ----\nAAAA\n---- END SSH2 PUBLIC KEY ----",
            "is an SSH2 key: send what ssh-keygen -i -f FILE makes of it"),
        refusal(
            "ssh-ed25519-cert-v01@openssh.com AAAAIHNza me",
            "is a certificate of OpenSSH: send the line of the key's own .pub file"),
        refusal("sk-ssh-ed25519@openssh.com AAAAGnNr me", security),
        refusal("sk-ecdsa-sha2-nistp256@openssh.com AAAAIn me", security),
        refusal(ssh(ED25519).replaceFirst(".{8} me@", " me@"), broken),
        refusal("ssh-dss AAAAB3NzaC1kc3MAAAAA me", broken),
        refusal(
            pem("CERTIFICATE REQUEST", request),
            "is a certificate request: send the certificate that was issued for it, or its public"
                + " key alone (openssl req -pubkey -noout)"),
        refusal(
            pem("PKCS7", bundle),
            "is a PKCS #7 bundle: send the agent's certificate alone (openssl pkcs7 -print_certs)"),
        refusal(
            base64(store),
            "is a PKCS #12 store, which may hold the private key: send the certificate alone"
                + " (openssl pkcs12 -nokeys)"),
        refusal(jwk(EC).toString(), "is JSON: send a JWK in jwk"),
        refusal(
            pem("PUBLIC KEY", pair("RSA", 1024).getPublic().getEncoded()),
            "is not fit: n must have 2048 to 8192 bits"),
        refusal(ssh(pair("RSA", 1024)), "is not fit: n must have 2048 to 8192 bits"),
        refusal(
            pem("PUBLIC KEY", pair("DSA", 2048).getPublic().getEncoded()),
            "is not fit: kty must be RSA, EC or Ed25519"),
        refusal(
            pem("PUBLIC KEY", pss(new RSASSAPSSparams())),
            "is bound to RSASSA-PSS with other parameters than PS256 has"),
        refusal(
            pem("PUBLIC KEY", pss(sha256(64))),
            "is bound to RSASSA-PSS with other parameters than PS256 has"),
        refusal(pem("CERTIFICATE", notYet), notYetDetail),
        refusal(
            pem("CERTIFICATE", certificate(EC, "a", "a", BEGIN, past, null)),
            "is a certificate that ended at " + past),
        refusal(pem("CERTIFICATE", certificate(EC, "a", "a", KeyUsage.keyCertSign)), usage),
        refusal(pem("CERTIFICATE", certificate(EC, "a", "a", KeyUsage.keyEncipherment)), usage),
        refusal(pem("CERTIFICATE", certificate(EC, "a", "a", KeyUsage.nonRepudiation)), usage),
        Arguments.of(
            "jwk", jwk(EC).toString(), "/jwk", "must be an object: the JWK itself, not its text"),
        refusal(
            jwk(EC).put("d", ""),
            "/jwk/d",
            "is private: send the public key alone, and replace this one"),
        refusal(
            setOf(jwk(EC).put("d", "AA")),
            "/jwk/keys/0/d",
            "is private: send the public key alone, and replace this one"),
        refusal(
            setOf(jwk(EC).put("kid", "a"), jwk(RSA)),
            "/jwk/keys",
            "has 2 keys for signatures: send one of them"),
        refusal(
            setOf(jwk(EC), jwk(RSA).put("d", "AA")),
            "/jwk/keys/1/d",
            "is private: send the public key alone, and replace this one"),
        refusal(
            setOf(jwk(EC), jwk(RSA).put("use", "enc").put("d", "AA")),
            "/jwk/keys/1/d",
            "is private: send the public key alone, and replace this one"),
        refusal(setOf(), "/jwk/keys", "has 0 keys for signatures: send one of them"),
        refusal(
            setOf(jwk(EC).put("kid", "\n")),
            "/jwk/keys/0/kid",
            "must be a string of 1 to 255 printable ASCII characters, and not . or .."),
        refusal(
            withChain(jwk(RSA), base64(LEAF)), "/jwk/x5c", "has the certificate of another key"),
        refusal(withChain(jwk(EC), base64(notYet)), "/jwk/x5c", notYetDetail),
        refusal(
            withChain(jwk(EC), "x"),
            "/jwk/x5c",
            "must be an array of certificates, each as base64 of its DER"),
        refusal(
            withChain(jwk(EC)),
            "/jwk/x5c",
            "must be an array of certificates, each as base64 of its DER"));
  }

  @ParameterizedTest(name = "{3}")
  @MethodSource
  void refused(String member, Object value, String pointer, String detail) throws Exception {
    Answer answer = post(member, value);
    assertThat(answer.status()).as(answer.json().toString()).isEqualTo(422);
    assertThat(answer.pointers()).contains(pointer);
    int at = answer.pointers().indexOf(pointer);
    assertThat(answer.json().at("/errors/" + at + "/detail").asText()).isEqualTo(detail);
  }

  @Test
  void certificate_endsItsKey() throws Exception {
    for (Object[] given :
        new Object[][] {
          {"pem", pem("CERTIFICATE", LEAF)}, {"jwk", withChain(jwk(EC), base64(LEAF))}
        }) {
      ObjectNode body = AdminServer.JSON.createObjectNode().putPOJO((String) given[0], given[1]);
      assertThat(postBody(body).text("expires_at")).isEqualTo(END.toString());
      String sooner = "2098-01-01T00:00:00Z";
      assertThat(postBody(body.put("expires_at", sooner)).text("expires_at")).isEqualTo(sooner);
      Answer later = postBody(body.put("expires_at", END.plusSeconds(1).toString()));
      assertThat(later.pointers()).containsExactly("/expires_at");
      assertThat(later.json().at("/errors/0/detail").asText())
          .isEqualTo("must not be after the end of the certificate, " + END);
    }
  }

  @Test
  void topology_takesTheSameForms() throws Exception {
    ObjectNode topology = AdminServer.JSON.createObjectNode();
    ObjectNode agent =
        topology.putArray("agents").addObject().put("client_id", "formed").put("name", "x");
    ObjectNode key = agent.putArray("keys").addObject().put("pem", ssh(ED25519));
    assertThat(server.post("/admin/v1/topology", topology.toString()).status()).isEqualTo(200);
    assertThat(server.get("/admin/v1/agents/formed/keys").json().at("/items/0/thumbprint").asText())
        .isEqualTo(key(ED25519).thumbprint());

    key.put(
        "pem",
        pem(
            "CERTIFICATE",
            certificate(EC, "a", "a", Instant.parse("2099-01-01T00:00:00Z"), END, null)));
    Answer notYet = server.post("/admin/v1/topology", topology.toString());
    assertThat(notYet.pointers()).containsExactly("/agents/0/keys/0/pem");
  }
}
