package io.postern.grant;

import io.postern.jose.SignatureAlgorithm;

/**
 * How access tokens for a resource are made.
 *
 * @param ttlSeconds how long they live, 60 to 86,400
 * @param algorithm what they are signed with; the resource's verifier decides what it can check
 */
public record TokenPolicy(int ttlSeconds, SignatureAlgorithm algorithm) {}
