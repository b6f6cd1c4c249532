package io.postern.admin;

import io.postern.crypto.CryptoProvider;
import io.postern.crypto.SealingKeys;
import io.postern.crypto.SecretHashKey;
import io.postern.jose.SignatureAlgorithm;
import io.postern.store.keys.SealedSigningKey;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * What new secrets, signing keys and sealed values are made with.
 *
 * @param hashKey the key under which new secrets are hashed now
 * @param vaultKeys the keys of the vault, of which the newest seals
 * @param signingKeys makes a new key that signs access tokens
 */
public record KeySource(
    CryptoProvider provider,
    Supplier<SecretHashKey> hashKey,
    Supplier<SealingKeys> vaultKeys,
    Function<SignatureAlgorithm, SealedSigningKey> signingKeys) {}
