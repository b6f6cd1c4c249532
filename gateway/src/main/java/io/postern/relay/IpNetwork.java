package io.postern.relay;

import java.net.InetAddress;

/** A network of IP addresses, as {@code 10.0.0.0/8} or {@code fd00::/8}. Immutable. */
final class IpNetwork {
  private final byte[] prefix;
  private final int bits;

  private IpNetwork(byte[] prefix, int bits) {
    this.prefix = prefix;
    this.bits = bits;
  }

  /**
   * A network or one address as it is written.
   *
   * @throws IllegalArgumentException saying that it is neither
   */
  static IpNetwork of(String text) {
    int slash = text.indexOf('/');
    String literal = slash < 0 ? text : text.substring(0, slash);
    try {
      byte[] prefix = InetAddress.ofLiteral(literal).getAddress();
      // the JDK would read 10.1 as 10.0.0.1
      boolean whole = prefix.length != 4 || literal.chars().filter(c -> c == '.').count() == 3;
      int bits = slash < 0 ? 8 * prefix.length : Integer.parseInt(text.substring(slash + 1));
      if (whole && bits >= 0 && bits <= 8 * prefix.length) {
        return new IpNetwork(prefix, bits);
      }
    } catch (IllegalArgumentException e) {
      // said below, for this and for what is no number
    }
    throw new IllegalArgumentException(text + " is not an address or a network");
  }

  /** Whether an address is in it. */
  boolean contains(byte[] address) {
    if (address.length != prefix.length) {
      return false;
    }
    for (int i = 0; i * 8 < bits; i++) {
      int rest = Math.min(8, bits - i * 8);
      int differing = (address[i] ^ prefix[i]) & 0xFF;
      if (differing >> (8 - rest) != 0) {
        return false;
      }
    }
    return true;
  }
}
