package io.postern.admin;

import io.postern.jose.SignatureAlgorithm;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A public key as it was sent.
 *
 * @param kid null when it brings none
 * @param algorithm the one that it may be used with, or null
 * @param notAfter the end of its certificate, or null
 */
record KeyUpload(
    VerificationKey key,
    @Nullable String kid,
    @Nullable SignatureAlgorithm algorithm,
    @Nullable Instant notAfter) {}
