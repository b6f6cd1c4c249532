package io.postern.admin.registry;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.postern.admin.protocol.AdminRequest;
import io.postern.admin.protocol.AdminResponse;
import io.postern.admin.protocol.JsonFields;
import io.postern.admin.protocol.Problem;
import io.postern.admin.protocol.RegistryWriter;
import io.postern.admin.protocol.Rfc3339;
import io.postern.jose.SignatureAlgorithm;
import io.postern.jose.UnfitKeyException;
import io.postern.jose.VerificationKey;
import io.postern.store.database.Statements;
import io.postern.store.database.Transactions;
import io.postern.store.registry.KeyRow;
import io.postern.store.registry.KeyTable;
import io.vertx.core.buffer.Buffer;
import java.time.Clock;
import java.time.Instant;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.jspecify.annotations.Nullable;

/** The public keys of an application, for {@code private_key_jwt}. */
public final class KeyResource extends OwnedResource<KeyRow> {
  static final String KID = "kid";

  public static final int MAX_LIVE_KEYS = 20;

  private final Clock clock;

  /**
   * @param owner whose keys they are
   */
  public KeyResource(Transactions transactions, RegistryWriter writer, Owner owner, Clock clock) {
    super(transactions, writer, owner, new Noun("key", "keys", KID));
    this.clock = clock;
  }

  private record Upload(KeyUpload key, String kid, @Nullable Instant expiresAt) {}

  public AdminResponse create(AdminRequest request) {
    Upload upload = upload(request.body());
    VerificationKey key = upload.key.key();
    SignatureAlgorithm algorithm = upload.key.algorithm();
    return writer.write(
        request,
        statements -> {
          String clientId = owner.require(statements, request).id();
          if (table(statements).countLive(clientId) >= MAX_LIVE_KEYS) {
            throw Problem.conflict(
                    "too-many-keys", owner.one() + " has at most " + MAX_LIVE_KEYS + " keys.")
                .exception();
          }
          table(statements)
              .insert(
                  clientId,
                  upload.kid,
                  key.thumbprint(),
                  key.type().value(),
                  key.encoded(),
                  algorithm == null ? null : algorithm.value(),
                  upload.expiresAt);
          return created(statements, clientId, upload.kid);
        });
  }

  // Never a 304: last_used_at moves without the revision.
  @Override
  protected AdminResponse show(AdminRequest request, KeyRow row) {
    return shown(row);
  }

  @Override
  protected KeyTable table(Statements statements) {
    return new KeyTable(statements);
  }

  private Upload upload(JsonFields body) {
    Instant now = clock.instant();
    String kid = body.findText(KID);
    Instant asked = body.findTimeAfter("expires_at", now);
    KeyUpload key = KeyUpload.read(body, now);
    Instant expiresAt = key == null ? asked : key.end(body, asked);
    Instant certificateEnd = key == null ? null : key.notAfter();
    if (certificateEnd != null && !certificateEnd.isAfter(now)) {
      body.fault(
          body.find("pem") == null ? "jwk" : "pem",
          "is a certificate that ended at " + certificateEnd);
    }
    body.finish();
    if (key == null) {
      throw new IllegalStateException("a key without faults is missing");
    }
    return new Upload(key, kid == null ? key.effectiveKid() : kid, expiresAt);
  }

  @Override
  protected ObjectNode json(KeyRow row) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put(KID, row.kid());
    json.put("thumbprint", row.thumbprint());
    json.set("jwk", jwk(row));
    json.put("created_at", Rfc3339.format(row.meta().createdAt()));
    json.put("expires_at", Rfc3339.format(row.expiresAt()));
    json.put("last_used_at", Rfc3339.format(row.lastUsedAt()));
    return json;
  }

  private static ObjectNode jwk(KeyRow row) {
    return jwk(row.kid(), row.publicKey(), row.alg());
  }

  /** The public JWK of a key that is in the registry. */
  public static ObjectNode jwk(String kid, Buffer publicKey, @Nullable String alg) {
    VerificationKey key;
    try {
      key = VerificationKey.of(SubjectPublicKeyInfo.getInstance(publicKey.getBytes()));
    } catch (UnfitKeyException e) {
      throw new IllegalStateException("the registry holds an unfit key " + kid, e);
    }
    ObjectNode jwk = JsonNodeFactory.instance.objectNode();
    key.jwk().toJSONObject().forEach((member, value) -> jwk.put(member, value.toString()));
    jwk.put(KID, kid);
    jwk.put("use", "sig");
    if (alg != null) {
      jwk.put("alg", alg);
    }
    return jwk;
  }
}
