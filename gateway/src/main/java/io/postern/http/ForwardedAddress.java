package io.postern.http;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.UnknownHostException;
import org.jspecify.annotations.Nullable;

/**
 * The address in an element of {@code X-Forwarded-For}. The header has no grammar of its own, so
 * proxies write what they like: the address alone, with the port, an IPv6 address in brackets, with
 * its zone, in quotes as RFC 7239 §4 has them.
 */
final class ForwardedAddress {
  private ForwardedAddress() {}

  /** Reads an element without white space around it; null when it holds no address. */
  static @Nullable InetAddress parse(String element) {
    String node = unquote(element);
    if (node.startsWith("[")) {
      int close = node.indexOf(']');
      return close > 0 && isPortOrNothing(node, close + 1)
          ? address(node.substring(1, close))
          : null;
    }
    int colon = node.indexOf(':');
    // one colon: an IPv4 address and its port; several: an IPv6 address, all of it
    if (colon >= 0 && node.indexOf(':', colon + 1) < 0) {
      return isPortOrNothing(node, colon) ? address(node.substring(0, colon)) : null;
    }
    return address(node);
  }

  private static String unquote(String text) {
    boolean quoted = text.length() >= 2 && text.startsWith("\"") && text.endsWith("\"");
    return quoted ? text.substring(1, text.length() - 1).strip() : text;
  }

  private static boolean isPortOrNothing(String text, int from) {
    int digits = text.length() - from - 1;
    return digits < 0
        || (text.charAt(from) == ':'
            && digits >= 1
            && digits <= 5
            && text.chars().skip(from + 1L).allMatch(c -> c >= '0' && c <= '9'));
  }

  private static @Nullable InetAddress address(String text) {
    // a zone (RFC 4007 §11) means something to the proxy's host only
    int zone = text.indexOf('%');
    InetAddress address =
        NetUtil.createInetAddressFromIpAddressString(zone < 0 ? text : text.substring(0, zone));
    try {
      // an IPv4 address that is written as IPv6 (RFC 4291 §2.5.5.2) is that IPv4 address
      return address == null ? null : InetAddress.getByAddress(address.getAddress());
    } catch (UnknownHostException e) {
      throw new IllegalStateException("an address has 4 or 16 bytes", e);
    }
  }
}
