package io.postern.bench.peers;

/** What keeps a run from its numbers, told in one line. */
final class PeersException extends RuntimeException {
  PeersException(String message) {
    super(message);
  }
}
