package io.postern.client;

import java.time.Duration;
import java.util.Set;

/**
 * What an assertion must keep to beyond its signature.
 *
 * @param issuer this authorization server's issuer identifier
 * @param endpoints the URLs that may stand for it in the assertions of clients from before
 * @param maxAge the longest life of an assertion, from its {@code iat}
 * @param clockSkew how far a client's clock may be off
 */
public record AssertionRules(
    String issuer, Set<String> endpoints, Duration maxAge, Duration clockSkew) {
  public AssertionRules {
    endpoints = Set.copyOf(endpoints);
  }
}
