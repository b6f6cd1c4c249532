package io.postern.bench.peers;

/**
 * One round's numbers of one peer.
 *
 * @param perSecond tokens a second
 * @param p99Micros latency
 * @param cpuMicros CPU time of the peer's processes for each token
 * @param residentBytes memory that they held at the end
 */
record Round(double perSecond, double p99Micros, double cpuMicros, long residentBytes) {}
