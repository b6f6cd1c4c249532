package io.postern.store.keys;

import java.time.Duration;

/**
 * How the keys that sign access tokens change.
 *
 * @param jwksMaxAge how long verifiers may keep the published keys
 */
public record SigningKeySettings(Duration jwksMaxAge, SigningKeyRotation.Intervals intervals) {}
