package io.postern.admin;

import io.postern.crypto.CryptoProvider;
import io.postern.crypto.SecretHashKey;
import io.postern.jose.SignatureAlgorithm;
import io.postern.store.keys.SealedSigningKey;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * What new secrets and signing keys are made with.
 *
 * @param hashKey the key under which new secrets are hashed now
 * @param signingKeys makes a new key that signs access tokens
 */
public record KeySource(
    CryptoProvider provider,
    Supplier<SecretHashKey> hashKey,
    Function<SignatureAlgorithm, SealedSigningKey> signingKeys) {}
