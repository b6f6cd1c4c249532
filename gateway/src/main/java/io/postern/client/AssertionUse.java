package io.postern.client;

import java.time.Instant;

/**
 * The one use of an assertion (RFC 7523 §3, {@code jti}).
 *
 * @param jti the claim's value, not its spelling in the JWT
 * @param until the instant from which the assertion is refused for its age anyway
 * @param usableFrom the instant before which it would have been refused as not good yet, by
 *     whichever gateway: what a guard had forgotten by then was not this one
 */
public record AssertionUse(String clientId, String jti, Instant until, Instant usableFrom) {}
