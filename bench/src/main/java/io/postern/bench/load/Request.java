package io.postern.bench.load;

/**
 * One HTTP request, ready to be written. Compared by identity.
 *
 * @param bytes head and body; may hold credentials
 * @param expectedStatus the one status that is right for it
 */
@SuppressWarnings("ArrayRecordComponent")
record Request(byte[] bytes, int expectedStatus) {

  @Override
  public boolean equals(Object other) {
    return this == other;
  }

  @Override
  public int hashCode() {
    return System.identityHashCode(this);
  }

  @Override
  public String toString() {
    return "Request[length=" + bytes.length + ", expectedStatus=" + expectedStatus + "]";
  }
}
