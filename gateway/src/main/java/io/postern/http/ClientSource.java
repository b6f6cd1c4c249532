package io.postern.http;

import io.netty.handler.ipfilter.IpFilterRuleType;
import io.netty.handler.ipfilter.IpSubnetFilterRule;
import io.netty.util.NetUtil;
import io.vertx.core.http.HttpServerRequest;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds where a request comes from: the peer's address or, behind proxies that are trusted, the
 * last address in {@code X-Forwarded-For} that is none of theirs. Where that header names no
 * address, it is the last proxy that could be read.
 */
public final class ClientSource {
  private static final Logger LOG = LoggerFactory.getLogger(ClientSource.class);

  private static final int LONGEST_SHOWN = 64;

  private final List<IpSubnetFilterRule> trustedProxies;
  private final AtomicBoolean warned = new AtomicBoolean();

  /**
   * @param trustedProxies addresses or networks in CIDR form
   * @throws IllegalArgumentException naming the one that is neither
   */
  public ClientSource(List<String> trustedProxies) {
    this.trustedProxies = trustedProxies.stream().map(ClientSource::rule).toList();
  }

  /**
   * What one source is to a limit: an IPv4 address, or the /64 network of an IPv6 address, any of
   * which a host may take (RFC 4291 §2.5.4).
   *
   * @param text an address
   */
  static String networkOf(String text) {
    InetAddress address = text.indexOf(':') < 0 ? null : address(text);
    if (!(address instanceof Inet6Address)) {
      return text;
    }
    return HexFormat.of().formatHex(address.getAddress(), 0, Long.BYTES) + "::/64";
  }

  /** The source as one address. */
  public String addressOf(HttpServerRequest request) {
    String peer = request.remoteAddress() == null ? "" : request.remoteAddress().hostAddress();
    if (trustedProxies.isEmpty()) {
      warnOfProxy(request, peer);
      return peer;
    }
    if (!isTrusted(peer)) {
      return peer;
    }
    String source = peer;
    List<String> forwarded = request.headers().getAll("X-Forwarded-For");
    for (String line : forwarded.reversed()) {
      int comma;
      for (int end = line.length(); end >= 0; end = comma) {
        comma = line.lastIndexOf(',', end - 1);
        String hop = line.substring(comma + 1, end).strip();
        // RFC 9110 §5.6.1.2: empty elements of a list are passed over
        if (!hop.isEmpty()) {
          InetAddress address = ForwardedAddress.parse(hop);
          if (address == null) {
            warnOfUnreadable(hop, source);
            return source;
          }
          source = address.getHostAddress();
          if (!isTrusted(source)) {
            return source;
          }
        }
      }
    }
    return source;
  }

  // Once: it is the same for each request by that way, and what a client writes stands further left
  private void warnOfUnreadable(String hop, String proxy) {
    if (!warned.get() && warned.compareAndSet(false, true)) {
      String shown = hop.replaceAll("[^!-~]", "?");
      LOG.warn(
          "X-Forwarded-For from the proxy {} names no address: {}; all clients behind it that are"
              + " named so are limited as one source",
          proxy,
          shown.length() > LONGEST_SHOWN ? shown.substring(0, LONGEST_SHOWN) + "…" : shown);
    }
  }

  private void warnOfProxy(HttpServerRequest request, String peer) {
    if (!warned.get()
        && request.headers().contains("X-Forwarded-For")
        && warned.compareAndSet(false, true)) {
      LOG.warn(
          "Requests from {} come with X-Forwarded-For: if that is your proxy, name it in"
              + " POSTERN_TRUSTED_PROXIES; until then all of its clients are limited as one source",
          peer);
    }
  }

  private boolean isTrusted(String text) {
    InetAddress address = address(text);
    return address != null
        && trustedProxies.stream()
            .anyMatch(rule -> rule.matches(new InetSocketAddress(address, 0)));
  }

  private static @Nullable InetAddress address(String text) {
    return NetUtil.createInetAddressFromIpAddressString(text);
  }

  private static IpSubnetFilterRule rule(String network) {
    int slash = network.indexOf('/');
    String address = slash < 0 ? network : network.substring(0, slash);
    InetAddress parsed = address(address);
    if (parsed == null) {
      throw new IllegalArgumentException(network + " is not an address or a network");
    }
    int bits = 8 * parsed.getAddress().length;
    try {
      int prefix = slash < 0 ? bits : Integer.parseInt(network.substring(slash + 1));
      return new IpSubnetFilterRule(parsed, prefix, IpFilterRuleType.ACCEPT);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(network + " is not an address or a network", e);
    }
  }
}
