package io.postern.replay;

import java.time.Duration;

/**
 * How client assertions are judged.
 *
 * @param maxAge the longest life of an assertion
 * @param clockSkew how far a client's clock may be off
 * @param memory where used ones are remembered
 */
public record AssertionSettings(Duration maxAge, Duration clockSkew, ReplayMemory memory) {}
