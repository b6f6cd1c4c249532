package io.postern.store;

import com.nimbusds.jose.jwk.JWK;
import io.postern.crypto.AeadKey;
import io.postern.crypto.CryptoProvider;
import io.postern.crypto.MasterKeys;
import io.postern.crypto.SecretHashKey;
import io.postern.jose.SignatureAlgorithm;
import io.postern.jose.SigningKey;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlClient;
import io.vertx.sqlclient.Tuple;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.spec.PKCS8EncodedKeySpec;
import java.text.ParseException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The data keys of a database, unwrapped: those that key secret hashes and those that encrypt
 * private signing keys. The newest of each kind is used for what is new.
 */
public final class Keyring {
  private static final String SECRET_HASH = "secret_hash";
  private static final String SIGNING_KEY = "signing_key";

  /** No master key unwraps a data key of this database. */
  public static final class WrongMasterKeyException extends RuntimeException {
    WrongMasterKeyException() {
      super("none of these keys unwraps the data keys of this database");
    }
  }

  private final CryptoProvider provider;
  private final List<SecretHashKey> secretHashKeys = new ArrayList<>();
  private final Map<String, AeadKey> signingKeyKeys = new LinkedHashMap<>();

  private Keyring(CryptoProvider provider) {
    this.provider = provider;
  }

  /**
   * Reads the data keys, and makes those that are missing. Inside a transaction that holds the
   * feed's head, so that gateways which start together agree.
   *
   * @throws WrongMasterKeyException before anything was changed
   */
  static Keyring open(SqlClient transaction, MasterKeys masterKeys, CryptoProvider provider) {
    Keyring keyring = new Keyring(provider);
    String select = "select data_key_id, purpose, wrapped from data_key order by created_at desc";
    for (Row row : transaction.query(select).execute().await()) {
      String id = row.getString("data_key_id");
      String purpose = row.getString("purpose");
      byte[] key = masterKeys.unwrap(row.getBuffer("wrapped").getBytes(), context(purpose, id));
      if (key == null) {
        throw new WrongMasterKeyException();
      }
      keyring.add(purpose, id, key);
    }
    if (keyring.secretHashKeys.isEmpty()) {
      keyring.create(transaction, masterKeys, SECRET_HASH);
    }
    if (keyring.signingKeyKeys.isEmpty()) {
      keyring.create(transaction, masterKeys, SIGNING_KEY);
    }
    return keyring;
  }

  /** The keys of secret hashes, the one for new secrets first. */
  public List<SecretHashKey> secretHashKeys() {
    return List.copyOf(secretHashKeys);
  }

  private void create(SqlClient transaction, MasterKeys masterKeys, String purpose) {
    SecureRandom random = provider.secureRandom();
    byte[] key = new byte[AeadKey.LENGTH];
    random.nextBytes(key);
    byte[] idBytes = new byte[8];
    random.nextBytes(idBytes);
    String id = HexFormat.of().formatHex(idBytes);
    transaction
        .preparedQuery("insert into data_key (data_key_id, purpose, wrapped) values ($1, $2, $3)")
        .execute(Tuple.of(id, purpose, Buffer.buffer(masterKeys.wrap(key, context(purpose, id)))))
        .await();
    add(purpose, id, key);
  }

  private void add(String purpose, String id, byte[] key) {
    if (purpose.equals(SECRET_HASH)) {
      secretHashKeys.add(new SecretHashKey(id, key));
    } else {
      signingKeyKeys.put(id, new AeadKey(key));
    }
  }

  /** Stores a signing key, its private part encrypted. */
  void insert(SqlClient transaction, SigningKey key) {
    Map.Entry<String, AeadKey> present = signingKeyKeys.entrySet().iterator().next();
    byte[] sealed = present.getValue().seal(key.privateKey().getEncoded(), context(key.kid()));
    transaction
        .preparedQuery(
            """
            insert into signing_key (kid, alg, state, public_jwk, private_key, data_key_id)
            values ($1, $2, $3, $4::text::jsonb, $5, $6)
            """)
        .execute(
            Tuple.of(
                key.kid(),
                key.algorithm().value(),
                key.state().name().toLowerCase(Locale.ROOT),
                key.publicJwk().toJSONString(),
                Buffer.buffer(sealed),
                present.getKey()))
        .await();
  }

  /**
   * A stored signing key with its private part.
   *
   * @throws IllegalStateException when the row was tampered with or names an unknown data key
   */
  SigningKey open(Row row) {
    String kid = row.getString("kid");
    SignatureAlgorithm algorithm = SignatureAlgorithm.find(row.getString("alg"));
    AeadKey key = signingKeyKeys.get(row.getString("data_key_id"));
    byte[] pkcs8 =
        key == null ? null : key.open(row.getBuffer("private_key").getBytes(), context(kid));
    if (algorithm == null || pkcs8 == null) {
      throw new IllegalStateException("signing key " + kid + " cannot be decrypted");
    }
    try {
      return new SigningKey(
          kid,
          algorithm,
          SigningKey.State.valueOf(row.getString("state").toUpperCase(Locale.ROOT)),
          JWK.parse(row.getString("public_jwk")),
          provider
              .keyFactory(algorithm.keyType().jcaName())
              .generatePrivate(new PKCS8EncodedKeySpec(pkcs8)));
    } catch (GeneralSecurityException | ParseException e) {
      throw new IllegalStateException("signing key " + kid + " cannot be decoded", e);
    }
  }

  private static String context(String purpose, String id) {
    return "postern:data_key:" + purpose + ":" + id;
  }

  private static String context(String kid) {
    return "postern:signing_key:" + kid;
  }

  @Override
  public String toString() {
    return "Keyring[<redacted>]";
  }
}
