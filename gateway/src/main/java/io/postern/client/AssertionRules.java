package io.postern.client;

import java.time.Duration;

/**
 * What an assertion must keep to beyond its signature.
 *
 * @param issuer this authorization server's issuer identifier
 * @param tokenEndpoint its token endpoint's URL
 * @param maxAge the longest life of an assertion, from its {@code iat}
 * @param clockSkew how far a client's clock may be off
 */
public record AssertionRules(
    String issuer, String tokenEndpoint, Duration maxAge, Duration clockSkew) {}
