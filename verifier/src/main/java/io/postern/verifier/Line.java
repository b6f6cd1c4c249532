package io.postern.verifier;

/**
 * Of this, nothing that was issued up to a second counts.
 *
 * @param of what it is of; a later line of the same replaces it
 * @param notBefore the last second that does not count, since the epoch
 */
record Line(Subject of, long notBefore) {
  /**
   * What a line is of.
   *
   * @param id as published: a keyed hash for most kinds
   * @param resource as published, when the line is of the tokens for that audience alone; else
   *     empty
   */
  record Subject(LineKind kind, String id, String resource) {}
}
