package io.postern.store.topology;

import io.postern.crypto.SealingKeys;
import io.postern.vault.SealedValue;
import java.security.MessageDigest;
import java.util.function.Supplier;

/**
 * Seals values of hosted credentials, and knows one again.
 *
 * @param keys those of now
 * @param newValueId makes the id of a row
 */
public record ValueSealer(Supplier<SealingKeys> keys, Supplier<String> newValueId) {

  /** Seals a value as a new row of the credential. */
  CredentialTables.Present seal(String credentialId, Topology.Value value) {
    String valueId = newValueId.get();
    return new CredentialTables.Present(
        valueId, keys.get().seal(value.bytes(), SealedValue.context(credentialId, valueId)));
  }

  /** Whether that is the credential's present value; what cannot be opened, is not. */
  public boolean isSame(
      String credentialId, CredentialTables.Present present, Topology.Value value) {
    byte[] opened =
        keys.get().open(present.sealed(), SealedValue.context(credentialId, present.valueId()));
    return opened != null && MessageDigest.isEqual(opened, value.bytes());
  }
}
