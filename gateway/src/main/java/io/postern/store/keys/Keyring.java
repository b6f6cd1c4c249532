package io.postern.store.keys;

import com.nimbusds.jose.jwk.JWK;
import io.postern.crypto.AeadKey;
import io.postern.crypto.CryptoProvider;
import io.postern.crypto.MasterKeys;
import io.postern.crypto.Sealed;
import io.postern.crypto.SealingKeys;
import io.postern.crypto.SecretHashKey;
import io.postern.jose.SignatureAlgorithm;
import io.postern.jose.SigningKey;
import io.postern.jose.SigningKeyGenerator;
import io.postern.store.database.Statements;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Row;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.spec.PKCS8EncodedKeySpec;
import java.text.ParseException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The data keys of a database, unwrapped: those that key secret hashes, those that encrypt private
 * signing keys, and those of the vault. The newest of each kind is used for what is new.
 * Thread-safe.
 */
public final class Keyring {
  private static final String SECRET_HASH = "secret_hash";
  private static final String SIGNING_KEY = "signing_key";
  private static final String VAULT = "vault";

  /** No master key unwraps a data key of this database. */
  public static final class WrongMasterKeyException extends RuntimeException {
    WrongMasterKeyException() {
      super("none of the master keys unwraps the data keys of this database");
    }
  }

  /** All of the keys, by id, the newest first. */
  private static final class Keys {
    private final Map<String, SecretHashKey> secretHashKeys = new LinkedHashMap<>();
    private SealingKeys signingKeyKeys = SealingKeys.NONE;
    private SealingKeys vaultKeys = SealingKeys.NONE;

    void add(String purpose, String id, byte[] key) {
      switch (purpose) {
        case SECRET_HASH -> secretHashKeys.put(id, new SecretHashKey(id, key));
        case SIGNING_KEY -> signingKeyKeys = signingKeyKeys.withOlder(id, key);
        case VAULT -> vaultKeys = vaultKeys.withOlder(id, key);
        default -> throw new IllegalStateException("a data key is for " + purpose);
      }
    }

    boolean contains(String id) {
      return secretHashKeys.containsKey(id)
          || signingKeyKeys.contains(id)
          || vaultKeys.contains(id);
    }
  }

  private final MasterKeys masterKeys;
  private final CryptoProvider provider;
  // never changed once it stands here
  private volatile Keys keys;

  private Keyring(MasterKeys masterKeys, CryptoProvider provider, Keys keys) {
    this.masterKeys = masterKeys;
    this.provider = provider;
    this.keys = keys;
  }

  /**
   * Reads the data keys, and makes those that are missing. Inside a transaction that holds the
   * feed's head, so that gateways which start together agree.
   *
   * @throws WrongMasterKeyException before anything was changed
   */
  public static Keyring open(
      Statements transaction, MasterKeys masterKeys, CryptoProvider provider) {
    Keys keys = read(transaction, masterKeys);
    if (keys.secretHashKeys.isEmpty()) {
      create(transaction, masterKeys, provider, SECRET_HASH, keys);
    }
    if (keys.signingKeyKeys.isEmpty()) {
      create(transaction, masterKeys, provider, SIGNING_KEY, keys);
    }
    if (keys.vaultKeys.isEmpty()) {
      create(transaction, masterKeys, provider, VAULT, keys);
    }
    return new Keyring(masterKeys, provider, keys);
  }

  private static Keys read(Statements statements, MasterKeys masterKeys) {
    Keys keys = new Keys();
    String select = "select data_key_id, purpose, wrapped from data_key order by created_at desc";
    for (Row row : statements.query(select)) {
      String id = row.getString("data_key_id");
      String purpose = row.getString("purpose");
      byte[] key = masterKeys.unwrap(row.getBuffer("wrapped").getBytes(), context(purpose, id));
      if (key == null) {
        throw new WrongMasterKeyException();
      }
      keys.add(purpose, id, key);
    }
    return keys;
  }

  private static void create(
      Statements transaction,
      MasterKeys masterKeys,
      CryptoProvider provider,
      String purpose,
      Keys keys) {
    SecureRandom random = provider.secureRandom();
    byte[] key = new byte[AeadKey.LENGTH];
    random.nextBytes(key);
    byte[] idBytes = new byte[8];
    random.nextBytes(idBytes);
    String id = HexFormat.of().formatHex(idBytes);
    transaction.query(
        "insert into data_key (data_key_id, purpose, wrapped) values ($1, $2, $3)",
        id,
        purpose,
        Buffer.buffer(masterKeys.wrap(key, context(purpose, id))));
    keys.add(purpose, id, key);
  }

  /**
   * Reads the data keys anew if one of these is unknown: another gateway has made it, or the
   * database was restored.
   *
   * @throws WrongMasterKeyException when it cannot be unwrapped
   */
  public void learn(Statements statements, List<String> dataKeyIds) {
    if (!dataKeyIds.stream().allMatch(keys::contains)) {
      keys = read(statements, masterKeys);
    }
  }

  /** The keys of secret hashes, the one for new secrets first. */
  public List<SecretHashKey> secretHashKeys() {
    return List.copyOf(keys.secretHashKeys.values());
  }

  /** The keys of the vault. */
  public SealingKeys vaultKeys() {
    return keys.vaultKeys;
  }

  /** Makes a key pair and encrypts its private part. Slow for RSA. */
  public SealedSigningKey newSigningKey(SignatureAlgorithm algorithm) {
    SigningKey key =
        new SigningKeyGenerator(provider).generate(algorithm, SigningKey.State.PENDING);
    Sealed privateKey = keys.signingKeyKeys.seal(key.privateKey().getEncoded(), context(key.kid()));
    return new SealedSigningKey(
        key.kid(),
        algorithm.value(),
        key.publicJwk().toJSONString(),
        Buffer.buffer(privateKey.bytes()),
        privateKey.dataKeyId());
  }

  /**
   * A stored signing key with its private part.
   *
   * @throws IllegalStateException when the row was tampered with
   */
  public SigningKey open(Row row) {
    String kid = row.getString("kid");
    SignatureAlgorithm algorithm = SignatureAlgorithm.find(row.getString("alg"));
    byte[] pkcs8 =
        keyOf(row.getString("data_key_id"))
            .open(
                new Sealed(row.getString("data_key_id"), row.getBuffer("private_key").getBytes()),
                context(kid));
    if (algorithm == null || pkcs8 == null) {
      throw new IllegalStateException("signing key " + kid + " cannot be decrypted");
    }
    try {
      return new SigningKey(
          kid,
          algorithm,
          SigningKey.State.valueOf(row.getString("state").toUpperCase(Locale.ROOT)),
          row.getOffsetDateTime("since").toInstant(),
          JWK.parse(row.getString("public_jwk")),
          provider
              .keyFactory(algorithm.keyType().jcaName())
              .generatePrivate(new PKCS8EncodedKeySpec(pkcs8)));
    } catch (GeneralSecurityException | ParseException e) {
      throw new IllegalStateException("signing key " + kid + " cannot be decoded", e);
    }
  }

  // A gateway of the version before knows of no vault: while it runs beside this one, it may have
  // taken the vault's key for its own.
  private SealingKeys keyOf(String dataKeyId) {
    return keys.vaultKeys.contains(dataKeyId) ? keys.vaultKeys : keys.signingKeyKeys;
  }

  /** What a data key is bound to when it is wrapped. */
  static String context(String purpose, String id) {
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
