package io.postern.verifier;

import org.jspecify.annotations.Nullable;

/**
 * Who acts for the token's subject (RFC 8693 §4.1).
 *
 * @param subject its {@code sub}
 * @param clientId its {@code client_id}
 */
public record Actor(@Nullable String subject, @Nullable String clientId) {}
