package io.postern.relay;

import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * Which addresses the relay may connect to: those that everybody on the Internet could connect to
 * as well (IANA's special-purpose registries, RFC 6890), and networks that the settings name.
 * Immutable.
 */
public final class AddressPolicy {
  private static final List<IpNetwork> SPECIAL =
      networks(
          "0.0.0.0/8", // this host
          "10.0.0.0/8", // private (RFC 1918)
          "100.64.0.0/10", // shared between a provider's customers (RFC 6598)
          "127.0.0.0/8", // loopback
          "168.63.129.16/32", // Azure's agent of the virtual machine, on an address like any other
          "169.254.0.0/16", // link-local, and with it the metadata services of clouds
          "172.16.0.0/12", // private
          "192.0.0.0/24", // IETF protocols
          "192.0.2.0/24", // documentation
          "192.88.99.0/24", // 6to4 relays
          "192.168.0.0/16", // private
          "198.18.0.0/15", // benchmarks
          "198.51.100.0/24", // documentation
          "203.0.113.0/24", // documentation
          "224.0.0.0/4", // multicast
          "240.0.0.0/4", // reserved, and broadcast
          // within the global unicast addresses of IPv6:
          "2001::/23", // IETF protocols, and with them Teredo, which embeds an IPv4 address
          "2001:db8::/32", // documentation
          "2002::/16", // 6to4, which embeds an IPv4 address
          "3fff::/20"); // documentation
  // RFC 4291 §2.4: nothing else is global unicast as yet
  private static final IpNetwork GLOBAL_IPV6 = IpNetwork.of("2000::/3");
  // RFC 6052 §2.1: the last four octets are an IPv4 address
  private static final IpNetwork NAT64 = IpNetwork.of("64:ff9b::/96");

  private final List<IpNetwork> allowed;

  private AddressPolicy(List<IpNetwork> allowed) {
    this.allowed = allowed;
  }

  /**
   * A policy.
   *
   * @param networks addresses or networks in CIDR form that may be connected to as well
   * @throws IllegalArgumentException naming the one that is neither
   */
  public static AddressPolicy allowing(List<String> networks) {
    return new AddressPolicy(networks.stream().map(IpNetwork::of).toList());
  }

  /** Whether an address may be connected to. */
  public boolean allows(InetAddress address) {
    return allows(address.getAddress());
  }

  // IPv4-mapped addresses (::ffff:0:0/96) are IPv4 addresses already when Java has read them
  private boolean allows(byte[] address) {
    if (isIn(allowed, address)) {
      return true;
    }
    if (NAT64.contains(address)) {
      return allows(Arrays.copyOfRange(address, 12, 16));
    }
    return (address.length == 4 || GLOBAL_IPV6.contains(address)) && !isIn(SPECIAL, address);
  }

  private static boolean isIn(List<IpNetwork> networks, byte[] address) {
    for (IpNetwork network : networks) {
      if (network.contains(address)) {
        return true;
      }
    }
    return false;
  }

  private static List<IpNetwork> networks(String... texts) {
    return Stream.of(texts).map(IpNetwork::of).toList();
  }
}
