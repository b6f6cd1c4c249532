package io.postern.admin.vault;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.nimbusds.jose.jwk.ECKey;
import io.postern.admin.AdminServer;
import io.postern.admin.AdminServer.Answer;
import io.postern.crypto.Sealed;
import io.postern.vault.SealedValue;
import java.nio.charset.StandardCharsets;
import java.security.KeyFactory;
import java.security.Signature;
import java.security.interfaces.ECPrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class CredentialApiTest {
  private static final String CREDENTIALS = "/admin/v1/credentials";

  @RegisterExtension static final AdminServer server = new AdminServer();
  @RegisterExtension static final AdminServer crowded = new AdminServer();

  private static String body(String identifier, String more) {
    return "{\"name\": \"Key\", \"business_type\": \"llm\", \"identifier\": \"%s\"%s}"
        .formatted(identifier, more.isEmpty() ? "" : ", " + more);
  }

  private static Answer create(String more) throws Exception {
    Answer answer = server.post(CREDENTIALS, body(UUID.randomUUID().toString(), more));
    assertThat(answer.status()).as(answer.json().toString()).isEqualTo(201);
    return answer;
  }

  private static String path(Answer credential) {
    return CREDENTIALS + "/" + credential.text("credential_id");
  }

  /** The values of a credential as they can be opened, oldest first. */
  private static List<byte[]> values(Answer credential) throws Exception {
    String id = credential.text("credential_id");
    return server
        .query(
            "select value_id || ' ' || encode(sealed, 'hex') from hosted_value"
                + " where credential_id = '%s' order by creation_number".formatted(id))
        .stream()
        .map(row -> row.split(" ", 2))
        .map(
            row ->
                AdminServer.VAULT_KEYS.open(
                    new Sealed("vault-key", HexFormat.of().parseHex(row[1])),
                    SealedValue.context(id, row[0])))
        .toList();
  }

  private static List<String> texts(Answer credential) throws Exception {
    return values(credential).stream()
        .map(value -> new String(value, StandardCharsets.UTF_8))
        .toList();
  }

  @Test
  void created_isShownWithoutItsValue() throws Exception {
    Answer created =
        server.post(
            CREDENTIALS,
            body(
                "openai",
                """
                "description": "Back office", "key_id": "k1", "requests_per_minute": 60,
                "expires_at": "2999-01-01T00:00:00Z", "api_key": "sk-secret-value",
                "target": {"base_url": "https://api.openai.com/v1"}
                """));
    assertThat(created.status()).isEqualTo(201);
    assertThat(created.header("Location")).isEqualTo(path(created));
    assertThat(created.json().toString()).doesNotContain("sk-secret-value");
    assertThat(created.text("kind")).isEqualTo("api_key");
    assertThat(created.json().path("target").toString())
        .isEqualTo(
            "{\"base_url\":\"https://api.openai.com/v1\",\"header\":\"Authorization\","
                + "\"prefix\":\"Bearer \",\"query_parameter\":null,\"allow\":null}");
    assertThat(created.json().path("oauth_client").isNull()).isTrue();
    assertThat(created.json().path("values")).hasSize(1);
    assertThat(texts(created)).containsExactly("sk-secret-value");

    Answer shown = server.get(path(created));
    assertThat(shown.json()).isEqualTo(created.json());
    assertThat(shown.header("ETag")).isEqualTo(created.header("ETag"));
    assertThat(server.get(CREDENTIALS + "?identifier=openai").json().path("items").get(0))
        .isEqualTo(created.json());
    assertThat(server.get(CREDENTIALS + "?identifier=openai&business_type=external_service").json())
        .hasToString("{\"items\":[],\"next_cursor\":null}");
    assertThat(server.get(CREDENTIALS + "/crd_none").status()).isEqualTo(404);
    assertThat(server.get(CREDENTIALS + "/%00").status()).isEqualTo(404);
  }

  @Test
  void identifier_isUniqueAndImmutable() throws Exception {
    Answer first = server.post(CREDENTIALS, body("taken", "\"api_key\": \"a\""));
    Answer second = server.post(CREDENTIALS, body("taken", "\"api_key\": \"a\""));
    assertThat(second.status()).isEqualTo(409);
    assertThat(second.text("type")).isEqualTo("urn:postern:problem:identifier-taken");
    assertThat(second.pointers()).containsExactly("/identifier");
    Answer changed =
        server.patch(
            path(first),
            "{\"identifier\": \"x\", \"business_type\": \"external_service\", \"kind\": \"x\"}");
    assertThat(changed.status()).isEqualTo(409);
    assertThat(changed.pointers())
        .containsExactlyInAnyOrder("/identifier", "/business_type", "/kind");
    // what was read can be sent back
    Answer same = server.patch(path(first), first.json().toString());
    assertThat(same.status()).as(same.json().toString()).isEqualTo(200);
    assertThat(same.json()).isEqualTo(first.json());
    assertThat(same.header("ETag")).isEqualTo(first.header("ETag"));
  }

  @Test
  void faults_areAllTold() throws Exception {
    Answer both =
        server.post(
            CREDENTIALS,
            body(
                "..",
                """
                "api_key": "a\\n", "expires_at": "2001-01-01T00:00:00Z",
                "oauth_client": {"token_endpoint": "ftp://x", "client_id": ""},
                "target": {"base_url": "https://u@x/?q", "header": "Host", "prefix": "\\u0007",
                  "allow": [{"path": "/ok"}, {"path": "v1/*"}, {"path": "/a/../b"},
                            {"path": "/x", "methods": ["get"]}]}
                """));
    assertThat(both.status()).isEqualTo(422);
    assertThat(both.pointers())
        .containsExactlyInAnyOrder(
            "/identifier",
            "",
            "/api_key",
            "/expires_at",
            "/oauth_client/token_endpoint",
            "/oauth_client/client_id",
            "/oauth_client/client_secret",
            "/target/base_url",
            "/target/header",
            "/target/prefix",
            "/target/allow/1/path",
            "/target/allow/2/path",
            "/target/allow/3/methods/0");
    assertThat(both.json().toString()).doesNotContain("a\\n");
    assertThat(server.post(CREDENTIALS, body("none", "")).pointers()).containsExactly("");
    assertThat(
            server
                .post(
                    CREDENTIALS,
                    body(
                        "http",
                        """
                        "target": {"base_url": "http://api.example.com"},
                        "oauth_client": {"token_endpoint": "http://idp.example.com", "client_id":
                          "c", "client_secret": "s", "auth_method": "private_key_jwt"}
                        """))
                .pointers())
        .containsExactlyInAnyOrder(
            "/target/base_url", "/oauth_client/token_endpoint", "/oauth_client/client_secret");
  }

  @Test
  void patch_mergesTargetAndClient() throws Exception {
    Answer created =
        create(
            """
            "target": {"base_url": "https://crm.example.com", "header": "X-Key", "prefix": ""},
            "oauth_client": {"token_endpoint": "https://idp.example.com/token", "client_id": "c",
              "client_secret": "s-1", "scope": "a b"}
            """);
    assertThat(created.text("kind")).isEqualTo("oauth_client");
    server.execute(
        "insert into provider_token (credential_id, version, sealed, data_key_id, obtained_at,"
            + " expires_at) values ('%s', 1, '\\x00', 'vault-key', now(), now() + interval '1 h')"
                .formatted(created.text("credential_id")));
    Answer patched =
        server.patch(
            path(created),
            """
            {"name": "CRM", "description": "new", "requests_per_minute": 7,
             "target": {"allow": [{"methods": ["GET"], "path": "/v1/*"}]}}
            """,
            "If-Match",
            created.header("ETag"));
    assertThat(patched.status()).as(patched.json().toString()).isEqualTo(200);
    assertThat(patched.json().path("target").toString())
        .isEqualTo(
            "{\"base_url\":\"https://crm.example.com\",\"header\":\"X-Key\",\"prefix\":\"\","
                + "\"query_parameter\":null,"
                + "\"allow\":[{\"methods\":[\"GET\"],\"path\":\"/v1/*\"}]}");
    assertThat(tokens(created)).hasSize(1);
    assertThat(server.patch(path(created), "{}", "If-Match", created.header("ETag")).status())
        .isEqualTo(412);

    Answer other = server.patch(path(created), "{\"oauth_client\": {\"scope\": null}}");
    assertThat(other.json().path("oauth_client").toString())
        .isEqualTo(
            "{\"token_endpoint\":\"https://idp.example.com/token\",\"client_id\":\"c\","
                + "\"scope\":null,\"auth_method\":\"client_secret_basic\",\"public_jwk\":null}");
    assertThat(tokens(created)).isEmpty();

    Answer query =
        server.patch(
            path(created),
            """
            {"target": {"header": null, "prefix": null, "query_parameter": "key", "allow": null}}
            """);
    assertThat(query.json().path("target").toString())
        .isEqualTo(
            "{\"base_url\":\"https://crm.example.com\",\"header\":null,\"prefix\":null,"
                + "\"query_parameter\":\"key\",\"allow\":null}");
    assertThat(server.patch(path(created), "{\"target\": {\"header\": \"a\"}}").pointers())
        .containsExactly("/target/query_parameter");
    assertThat(
            server
                .patch(path(created), "{\"oauth_client\": {\"auth_method\": \"private_key_jwt\"}}")
                .pointers())
        .containsExactly("/oauth_client/auth_method");
    assertThat(server.patch(path(created), "{\"oauth_client\": null}").pointers())
        .containsExactly("/oauth_client");
    assertThat(server.patch(path(created), "{\"target\": null}").json().path("target").isNull())
        .isTrue();
    assertThat(
            server
                .patch(path(create("\"api_key\": \"a\"")), "{\"oauth_client\": {\"scope\": \"a\"}}")
                .pointers())
        .containsExactly("/oauth_client");
  }

  /** The versions of the provider's tokens that have not expired. */
  private static List<String> tokens(Answer credential) throws Exception {
    return server.query(
        "select version from provider_token where credential_id = '%s' and expires_at > now()"
            .formatted(credential.text("credential_id")));
  }

  @Test
  void value_isReplaced_andTheFormerOneKept() throws Exception {
    Answer created = create("\"api_key\": \"v1\", \"key_id\": \"k1\"");
    String value = path(created) + "/value";
    Answer second =
        server.put(
            value,
            "{\"api_key\": \"v2\", \"keep_former_until\": \"2999-01-01T00:00:00Z\","
                + " \"key_id\": \"k2\"}",
            "If-Match",
            created.header("ETag"));
    assertThat(second.status()).isEqualTo(200);
    assertThat(second.text("key_id")).isEqualTo("k2");
    assertThat(second.json().toString()).doesNotContain("v2");
    assertThat(second.header("ETag"))
        .isNotEqualTo(created.header("ETag"))
        .isEqualTo(server.get(path(created)).header("ETag"));
    JsonNode values = second.json().path("values");
    assertThat(values).hasSize(2);
    assertThat(values.at("/0/expires_at").asText()).isEqualTo("2999-01-01T00:00:00Z");
    assertThat(values.at("/1/expires_at").isNull()).isTrue();
    assertThat(texts(created)).containsExactly("v1", "v2");
    assertThat(
            server.put(value, "{\"api_key\": \"v\"}", "If-Match", created.header("ETag")).status())
        .isEqualTo(412);

    // the new one is bad: it is taken back
    String newest = path(created) + "/values/" + values.at("/1/value_id").asText();
    assertThat(server.delete(newest, "If-Match", created.header("ETag")).status()).isEqualTo(412);
    assertThat(server.delete(newest).status()).isEqualTo(204);
    JsonNode left = server.get(path(created)).json().path("values");
    assertThat(left).hasSize(1);
    assertThat(left.at("/0/expires_at").isNull()).isTrue();
    assertThat(texts(created)).containsExactly("v1");
    Answer last = server.delete(path(created) + "/values/" + left.at("/0/value_id").asText());
    assertThat(last.status()).isEqualTo(409);
    assertThat(last.text("type")).isEqualTo("urn:postern:problem:last-value");
    assertThat(server.delete(newest).status()).isEqualTo(404);

    assertThat(server.put(value, "{\"api_key\": \"v3\"}").json().path("values")).hasSize(1);
    assertThat(texts(created)).containsExactly("v3");
  }

  @Test
  void value_isOfItsKind() throws Exception {
    Answer key = create("\"api_key\": \"a\"");
    Answer wrong = server.put(path(key) + "/value", "{\"client_secret\": \"s\"}");
    assertThat(wrong.status()).isEqualTo(422);
    assertThat(wrong.pointers()).containsExactly("/client_secret");
    assertThat(server.put(path(key) + "/value", "{}").pointers()).containsExactly("");
    assertThat(
            server
                .put(path(key) + "/value", "{\"api_key\": \"a\", \"client_secret\": \"b\"}")
                .pointers())
        .containsExactly("");
    Answer client =
        create(
            """
            "oauth_client": {"token_endpoint": "https://idp.example.com/token", "client_id": "c",
              "client_secret": "s-1", "auth_method": "client_secret_post"}
            """);
    assertThat(server.put(path(client) + "/value", "{\"client_secret\": \"s-2\"}").status())
        .isEqualTo(200);
    assertThat(texts(client)).containsExactly("s-2");
  }

  @Test
  void values_haveABound() throws Exception {
    Answer created = create("\"api_key\": \"a\"");
    String more = "{\"api_key\": \"a\", \"keep_former_until\": \"2999-01-01T00:00:00Z\"}";
    Answer last = created;
    for (int i = 1; i <= 20; i++) {
      last = server.put(path(created) + "/value", more);
    }
    assertThat(last.status()).isEqualTo(409);
    assertThat(last.text("type")).isEqualTo("urn:postern:problem:too-many-values");
    assertThat(values(created)).hasSize(20);
    assertThat(server.put(path(created) + "/value", "{\"api_key\": \"b\"}").status())
        .isEqualTo(200);
    assertThat(values(created)).hasSize(1);
  }

  @Test
  void privateKeyJwt_hasAKeyPairOfOurs() throws Exception {
    Answer created =
        create(
            """
            "oauth_client": {"token_endpoint": "https://idp.example.com/token", "client_id": "c",
              "auth_method": "private_key_jwt"}
            """);
    JsonNode jwk = created.json().at("/oauth_client/public_jwk");
    assertThat(jwk.has("d")).isFalse();
    assertThat(jwk.path("alg").asText()).isEqualTo("ES256");
    assertPair(values(created).getFirst(), jwk);

    Answer kept =
        server.put(
            path(created) + "/value",
            "{\"new_key_pair\": true, \"keep_former_until\": \"2999-01-01T00:00:00Z\"}");
    assertThat(kept.pointers()).containsExactly("/keep_former_until");
    Answer replaced = server.put(path(created) + "/value", "{\"new_key_pair\": true}");
    JsonNode other = replaced.json().at("/oauth_client/public_jwk");
    assertThat(other.path("kid")).isNotEqualTo(jwk.path("kid"));
    assertThat(values(created)).hasSize(1);
    assertPair(values(created).getFirst(), other);
    ObjectNode forged = other.deepCopy();
    forged.put("kid", "x");
    assertThat(
            server
                .patch(path(created), "{\"oauth_client\": {\"public_jwk\": %s}}".formatted(forged))
                .pointers())
        .containsExactly("/oauth_client/public_jwk");
  }

  private static void assertPair(byte[] pkcs8, JsonNode jwk) throws Exception {
    ECPrivateKey key =
        (ECPrivateKey) KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
    Signature signature = Signature.getInstance("SHA256withECDSA");
    signature.initSign(key);
    signature.update((byte) 1);
    byte[] signed = signature.sign();
    signature.initVerify(ECKey.parse(jwk.toString()).toECPublicKey());
    signature.update((byte) 1);
    assertThat(signature.verify(signed)).isTrue();
  }

  @Test
  void repeatedPost_isAnsweredAsTheFirst_andKeepsNoValue() throws Exception {
    String body = body("once", "\"api_key\": \"value-that-is-kept-nowhere\"");
    Answer first = server.post(CREDENTIALS, body, "Idempotency-Key", "hosted-1");
    Answer repeat = server.post(CREDENTIALS, body, "Idempotency-Key", "hosted-1");
    assertThat(repeat.status()).isEqualTo(201);
    assertThat(repeat.json()).isEqualTo(first.json());
    Answer other =
        server.post(
            CREDENTIALS, body("once", "\"api_key\": \"other\""), "Idempotency-Key", "hosted-1");
    assertThat(other.status()).isEqualTo(422);
    assertThat(server.query("select k::text from idempotency_key k").toString())
        .contains("once")
        .doesNotContain("value-that-is-kept-nowhere");
  }

  @Test
  void deleted_goesWithItsValues_andItsIdentifierIsFree() throws Exception {
    Answer created = server.post(CREDENTIALS, body("free", "\"api_key\": \"a\""));
    assertThat(server.delete(path(created), "If-Match", "\"1\"").status()).isEqualTo(412);
    assertThat(server.delete(path(created)).status()).isEqualTo(204);
    assertThat(values(created)).isEmpty();
    assertThat(server.delete(path(created)).status()).isEqualTo(404);
    assertThat(server.post(CREDENTIALS, body("free", "\"api_key\": \"a\"")).status())
        .isEqualTo(201);
  }

  @Test
  void changes_areAudited_withoutValues() throws Exception {
    Answer created = create("\"api_key\": \"audited-value\"");
    server.put(path(created) + "/value", "{\"api_key\": \"audited-value-2\"}");
    JsonNode events =
        server.get("/admin/v1/audit-events?target=" + created.text("credential_id")).json();
    assertThat(events.findValuesAsText("target_type"))
        .containsExactly("value", "value", "value", "credential");
    assertThat(events.findValuesAsText("action"))
        .containsExactly("create", "delete", "create", "create");
    assertThat(events.toString()).doesNotContain("sealed", "audited-value");
  }

  @Test
  void create_pastTheLimit_isAConflictWithoutEffect() throws Exception {
    crowded.execute(
        "insert into hosted_credential (credential_id, identifier, name, business_type, kind)"
            + " select 'c' || n, 'i' || n, 'x', 'llm', 'api_key' from generate_series(1, %d) n"
                .formatted(AdminServer.CREDENTIAL_LIMIT));
    Answer refused = crowded.post(CREDENTIALS, body("one-more", "\"api_key\": \"a\""));
    assertThat(refused.status()).isEqualTo(409);
    assertThat(refused.text("type")).isEqualTo("urn:postern:problem:credential-limit");
    assertThat(refused.json().path("limit").asInt()).isEqualTo(AdminServer.CREDENTIAL_LIMIT);
    assertThat(crowded.get(CREDENTIALS + "?identifier=one-more").json().path("items")).isEmpty();
    crowded.delete(CREDENTIALS + "/c1");
    assertThat(crowded.post(CREDENTIALS, body("one-more", "\"api_key\": \"a\"")).status())
        .isEqualTo(201);
  }
}
