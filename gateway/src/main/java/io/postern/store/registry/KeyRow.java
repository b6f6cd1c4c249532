package io.postern.store.registry;

import io.postern.store.database.RegistryRow;
import io.postern.store.database.RowMeta;
import io.vertx.core.buffer.Buffer;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A client's public key.
 *
 * @param thumbprint RFC 7638, SHA-256
 * @param keyType the curve's name, or RSA
 * @param publicKey X.509 SubjectPublicKeyInfo; not to be changed
 * @param alg the one algorithm that it may be used with, or null
 * @param expiresAt null for never
 * @param lastUsedAt about when it was last good for a token, or null
 */
public record KeyRow(
    String kid,
    String thumbprint,
    String keyType,
    Buffer publicKey,
    @Nullable String alg,
    @Nullable Instant expiresAt,
    @Nullable Instant lastUsedAt,
    RowMeta meta)
    implements RegistryRow {}
