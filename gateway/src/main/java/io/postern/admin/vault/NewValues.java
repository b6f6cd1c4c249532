package io.postern.admin.vault;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.postern.admin.registry.Identifiers;
import io.postern.crypto.CryptoProvider;
import io.postern.crypto.SealingKeys;
import io.postern.jose.SignatureAlgorithm;
import io.postern.jose.SigningKey;
import io.postern.jose.SigningKeyGenerator;
import io.postern.store.database.Statements;
import io.postern.store.topology.ValueSealer;
import io.postern.store.vault.HostedValueTable;
import io.postern.vault.SealedValue;
import java.nio.charset.StandardCharsets;
import java.util.function.Supplier;

/** Seals new values of hosted credentials, and makes those that are key pairs. Thread-safe. */
public final class NewValues {
  private static final JsonMapper JSON = new JsonMapper();

  private final Supplier<SealingKeys> keys;
  private final CryptoProvider provider;
  private final Identifiers identifiers;

  /**
   * @param keys of the vault as they are now, of which the newest seals
   */
  public NewValues(Supplier<SealingKeys> keys, CryptoProvider provider, Identifiers identifiers) {
    this.keys = keys;
    this.provider = provider;
    this.identifiers = identifiers;
  }

  /** Inserts a value, which is the present one of the credential from now on. */
  public void insert(Statements statements, String credentialId, String value) {
    insert(statements, credentialId, value.getBytes(StandardCharsets.UTF_8));
  }

  /** The same for the private part of a key pair. */
  void insert(Statements statements, String credentialId, SigningKey keyPair) {
    insert(statements, credentialId, keyPair.privateKey().getEncoded());
  }

  private void insert(Statements statements, String credentialId, byte[] value) {
    String valueId = identifiers.newValueId();
    new HostedValueTable(statements)
        .insert(
            credentialId,
            valueId,
            keys.get().seal(value, SealedValue.context(credentialId, valueId)));
  }

  /** What seals values of many credentials at once. */
  public ValueSealer sealer() {
    return new ValueSealer(keys, identifiers::newValueId);
  }

  /** A key pair with which a client authenticates at its provider. */
  public SigningKey newKeyPair() {
    return new SigningKeyGenerator(provider)
        .generate(SignatureAlgorithm.ES256, SigningKey.State.ACTIVE);
  }

  /** The client as it is with that key pair. */
  public static ObjectNode withKeyPair(ObjectNode client, SigningKey keyPair) {
    try {
      ObjectNode with = client.deepCopy();
      with.set(OAuthClientJson.PUBLIC_JWK, JSON.readTree(keyPair.publicJwk().toJSONString()));
      return with;
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a JWK is no JSON", e);
    }
  }
}
