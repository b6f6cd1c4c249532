package io.postern.oauth;

import java.net.IDN;
import java.net.URI;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * How clients write a URL before they ask for it: as RFC 3986 §6.2 normalises it, in ASCII. Another
 * spelling would be published, and then asked for at a path or host where nothing is.
 */
final class IssuerSpelling {
  // RFC 1123 §2.1, and underscores, which names within clusters have
  private static final Pattern NAME = Pattern.compile("(?i)[a-z0-9_-]+(\\.[a-z0-9_-]+)*\\.?");
  private static final Pattern LAST_IS_NUMBER = Pattern.compile("(.*\\.)?(\\d+|0x[0-9a-f]*)\\.?");
  private static final Pattern IPV4 =
      Pattern.compile("((25[0-5]|2[0-4]\\d|1?[1-9]?\\d|1\\d\\d)(\\.(?!$)|$)){4}");
  private static final Pattern IPV6 = Pattern.compile("\\[[0-9a-f:.]+]");

  private IssuerSpelling() {}

  /**
   * The spelling of a URL.
   *
   * @param url with a scheme and an authority of host and perhaps port
   * @throws IllegalArgumentException when its host is none
   */
  static String of(URI url) {
    String scheme = url.getScheme().toLowerCase(Locale.ROOT);
    String authority = ResourceIdentifier.normalizeEncodings(url.getRawAuthority());
    int colon = authority.lastIndexOf(':');
    // within the brackets of an IPv6 address there is no port
    int endOfHost = colon > authority.lastIndexOf(']') ? colon : authority.length();
    String port = authority.substring(endOfHost);
    return scheme
        + "://"
        + ResourceIdentifier.withoutDefaultPort(
            scheme, host(authority.substring(0, endOfHost)) + port(port))
        + path(URI.create(url.toASCIIString()).getRawPath());
  }

  private static String port(String withColon) {
    if (withColon.length() < 2) {
      return "";
    }
    try {
      int port = Integer.parseInt(withColon, 1, withColon.length(), 10);
      if (port >= 1 && port <= 65_535) {
        return ":" + port;
      }
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("its port is not a number", e);
    }
    throw new IllegalArgumentException("its port is not from 1 to 65535");
  }

  private static String host(String text) {
    // as browsers do (UTS #46): in ASCII, in small letters
    String ascii = text.startsWith("[") ? text : IDN.toASCII(text, IDN.ALLOW_UNASSIGNED);
    String host = ascii.toLowerCase(Locale.ROOT);
    boolean fits =
        host.startsWith("[")
            ? IPV6.matcher(host).matches()
            : NAME.matcher(host).matches()
                && (!LAST_IS_NUMBER.matcher(host).matches() || IPV4.matcher(host).matches());
    if (!fits) {
      throw new IllegalArgumentException("its host is neither a name nor an address");
    }
    return host;
  }

  private static String path(String raw) {
    List<String> segments = new ArrayList<>();
    List<String> given = Arrays.asList(ResourceIdentifier.normalizeEncodings(raw).split("/", -1));
    for (String segment : given) {
      // RFC 3986 §5.2.4; and empty segments, which proxies and routers take away
      switch (segment) {
        case "", "." -> {}
        case ".." -> {
          if (!segments.isEmpty()) {
            segments.removeLast();
          }
        }
        default -> segments.add(segment);
      }
    }
    boolean endsAsFolder = List.of("", ".", "..").contains(given.getLast()) && given.size() > 1;
    return (segments.isEmpty() ? "" : "/" + String.join("/", segments)) + (endsAsFolder ? "/" : "");
  }
}
