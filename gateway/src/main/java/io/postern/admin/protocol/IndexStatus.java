package io.postern.admin.protocol;

import java.time.Duration;

/**
 * What this gateway's index holds.
 *
 * @param revision the last one that it includes; 0 before the first image
 * @param agents applications that may ask for tokens
 * @param resources applications that tokens are issued for
 * @param staleness since the database last confirmed it
 */
public record IndexStatus(
    long revision, int agents, int resources, long grants, Duration staleness) {}
