package io.postern.bench.load;

/**
 * One measured window of one server.
 *
 * @param cpuMicros of the server, user and system, for each response
 * @param allocatedBytes on the server's heap, for each response
 * @param residentMebibytes at its end
 * @param pauses of the server's collector in it
 */
record Window(
    LoadResult load,
    double cpuMicros,
    double allocatedBytes,
    double residentMebibytes,
    GcLog.Pauses pauses) {

  /** The generator's run and what the server had used before and after it. */
  static Window of(LoadResult load, Vitals vitals, Vitals.Reading before, GcLog gcLog) {
    Vitals.Reading after = vitals.read();
    return new Window(
        load,
        after.cpu().minus(before.cpu()).toNanos() / 1e3 / load.responses(),
        (after.allocatedBytes() - before.allocatedBytes()) / (double) load.responses(),
        vitals.residentMebibytes(),
        gcLog.pausesSince(before.gcLogLength()));
  }
}
