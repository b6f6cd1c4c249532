package io.postern.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

class ForwardedAddressProperties {
  @Provide
  Arbitrary<InetAddress> addresses() {
    return Arbitraries.oneOf(
        Arbitraries.bytes().array(byte[].class).ofSize(4).map(ForwardedAddressProperties::address),
        Arbitraries.bytes()
            .array(byte[].class)
            .ofSize(16)
            .map(ForwardedAddressProperties::address));
  }

  private static InetAddress address(byte[] bytes) {
    try {
      return InetAddress.getByAddress(bytes);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(e);
    }
  }

  @Property
  void address_inEachForm_isThatAddress(
      @ForAll("addresses") InetAddress address, @ForAll @IntRange(max = 65_535) int port) {
    String text = address.getHostAddress();
    boolean isIpv6 = text.contains(":");
    String withPort = isIpv6 ? "[" + text + "]:" + port : text + ":" + port;
    for (String form : List.of(text, withPort, "[" + text + "]")) {
      assertThat(ForwardedAddress.parse(form)).as(form).isEqualTo(address);
      assertThat(ForwardedAddress.parse("\"" + form + "\"")).as(form).isEqualTo(address);
    }
    if (isIpv6) {
      assertThat(ForwardedAddress.parse(text + "%eth0")).isEqualTo(address);
      assertThat(ForwardedAddress.parse("[" + text + "%25eth0]:" + port)).isEqualTo(address);
    }
  }

  @Property
  void anyText_isReadOrNot_andNeverThrows(@ForAll String text) {
    InetAddress address = ForwardedAddress.parse(text);

    if (address != null) {
      assertThat(ForwardedAddress.parse(address.getHostAddress())).isEqualTo(address);
    }
  }

  @Property
  void textOfItsCharacters_neverThrows(@ForAll("nearly") String text) {
    assertThat(ForwardedAddress.parse(text)).isIn(null, ForwardedAddress.parse(text));
  }

  @Provide
  Arbitrary<String> nearly() {
    return Arbitraries.strings().withChars("0123456789abcdefF.:[]\"%").ofMaxLength(30);
  }

  @Example
  void otherThanAddresses_areNotRead() {
    for (String text :
        List.of(
            "unknown",
            "_hidden",
            "example.com",
            "203.0.113.7:",
            "203.0.113.7:port",
            "203.0.113.7:123456",
            "203.0.113.7:-1",
            "203.0.113.256",
            "203.0.113",
            "0xcb.0.113.7",
            "[2001:db8::1",
            "[2001:db8::1]443",
            "[2001:db8::1]:",
            "2001:db8::1]:443",
            "[]",
            "[",
            "\"",
            "\"\"",
            "\"203.0.113.7",
            "for=203.0.113.7",
            "203.0.113.7 203.0.113.8",
            ":",
            "::ffff:203.0.113.256")) {
      assertThat(ForwardedAddress.parse(text)).as(text).isNull();
    }
  }

  // RFC 4291 §2.5.5.2: else all of IPv4 would be one network of IPv6, and so one source
  @Example
  void ipv4WrittenAsIpv6_isIpv4() {
    for (String text :
        List.of("::ffff:203.0.113.7", "::FFFF:cb00:7107", "[::ffff:203.0.113.7]:1")) {
      assertThat(ForwardedAddress.parse(text))
          .as(text)
          .extracting(InetAddress::getHostAddress)
          .isEqualTo("203.0.113.7");
    }
  }
}
