package io.postern.sync;

import java.time.Duration;

/**
 * How the index follows the database.
 *
 * @param maxStaleness how long the gateway issues from it without confirmation from the database
 * @param feedRetention how long the change feed goes back
 */
public record IndexSettings(Duration maxStaleness, Duration feedRetention) {}
