package io.postern.replay;

/** Where used assertions are remembered. */
public sealed interface ReplayMemory {

  /** In the gateway's own database: for all gateways on it, through their restarts. */
  record Postgresql() implements ReplayMemory {}

  /** In Redis or Valkey: for all gateways on it, through their restarts. */
  record Redis(RedisServer server) implements ReplayMemory {}

  /**
   * In this process, until it ends.
   *
   * @param capacity the most assertions that are remembered at once, 1 or more
   */
  record InProcess(int capacity) implements ReplayMemory {}
}
