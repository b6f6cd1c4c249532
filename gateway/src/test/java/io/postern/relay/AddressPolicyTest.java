package io.postern.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.postern.testing.DecisionLines;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which addresses may be connected to, and what a name that has one of the others is. */
class AddressPolicyTest {
  private static final AddressPolicy STRICT = AddressPolicy.allowing(List.of());

  private static InetAddress address(String literal) {
    return InetAddress.ofLiteral(literal);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1.1.1.1",
        "8.8.8.8",
        "9.255.255.255",
        "11.0.0.0",
        "100.63.255.255",
        "100.128.0.0",
        "126.255.255.255",
        "128.0.0.1",
        "168.63.129.17",
        "169.253.255.255",
        "169.255.0.0",
        "172.15.255.255",
        "172.32.0.0",
        "192.0.1.0",
        "192.167.255.255",
        "192.169.0.0",
        "198.17.255.255",
        "198.20.0.0",
        "223.255.255.255",
        "2606:4700::1111",
        "2001:200::1",
        "2003::1",
        "2a00:1450:4001::8a",
        "::ffff:8.8.8.8",
        "64:ff9b::8.8.8.8"
      })
  void global_isAllowed(String literal) {
    assertThat(STRICT.allows(address(literal))).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0.0.0.0",
        "0.1.2.3",
        "10.0.0.1",
        "10.255.255.255",
        "100.64.0.1",
        "100.100.100.200",
        "127.0.0.1",
        "127.255.255.254",
        "168.63.129.16",
        "169.254.169.254",
        "172.16.0.1",
        "172.31.255.255",
        "192.0.0.1",
        "192.0.0.192",
        "192.0.2.1",
        "192.88.99.1",
        "192.168.0.1",
        "198.18.0.1",
        "198.19.255.255",
        "198.51.100.1",
        "203.0.113.1",
        "224.0.0.1",
        "239.255.255.255",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::127.0.0.1",
        "::8.8.8.8",
        "::ffff:127.0.0.1",
        "::ffff:169.254.169.254",
        "::ffff:10.0.0.1",
        "64:ff9b::127.0.0.1",
        "64:ff9b::169.254.169.254",
        "64:ff9b::10.0.0.1",
        "64:ff9b:1::1",
        "100::1",
        "2001::1",
        "2001:0:4136:e378:8000:63bf:3fff:fdd2",
        "2001:2::1",
        "2001:10::1",
        "2001:20::1",
        "2001:db8::1",
        "2002:7f00:1::1",
        "2002:808:808::1",
        "3fff::1",
        "5f00::1",
        "fc00::1",
        "fd00:ec2::254",
        "fe80::1",
        "fec0::1",
        "ff02::1"
      })
  void everythingElse_isForbidden(String literal) {
    assertThat(STRICT.allows(address(literal))).isFalse();
  }

  @Test
  void networkOfTheSettings_isAllowed() {
    AddressPolicy policy = AddressPolicy.allowing(List.of("10.1.0.0/16", "fd00:1::/32", "::1"));
    assertThat(policy.allows(address("10.1.255.255"))).isTrue();
    assertThat(policy.allows(address("::ffff:10.1.2.3"))).isTrue();
    assertThat(policy.allows(address("64:ff9b::10.1.2.3"))).isTrue();
    assertThat(policy.allows(address("10.2.0.0"))).isFalse();
    assertThat(policy.allows(address("fd00:1::7"))).isTrue();
    assertThat(policy.allows(address("fd00:2::7"))).isFalse();
    assertThat(policy.allows(address("::1"))).isTrue();
    assertThat(policy.allows(address("::2"))).isFalse();
    assertThat(AddressPolicy.allowing(List.of("0.0.0.0/0")).allows(address("127.0.0.1"))).isTrue();
    assertThat(AddressPolicy.allowing(List.of("10.0.0.0/9")).allows(address("10.128.0.0")))
        .isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "10.1",
        "10.0.0.0/33",
        "10.0.0.0/-1",
        "10.0.0.0/x",
        "::/129",
        "localhost",
        "",
        "/8"
      })
  void whatIsNoNetwork_isRefused(String text) {
    assertThatThrownBy(() -> AddressPolicy.allowing(List.of(text)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(text + " is not an address or a network");
  }

  @Test
  void name_isForbiddenWithOneOfItsAddresses_andAskedForOnce() {
    AtomicInteger asked = new AtomicInteger();
    TargetAddresses addresses =
        new TargetAddresses(
            STRICT,
            name -> {
              asked.incrementAndGet();
              return switch (name) {
                case "good" -> new InetAddress[] {address("1.1.1.1"), address("2606:4700::1")};
                case "mixed" -> new InetAddress[] {address("1.1.1.1"), address("127.0.0.1")};
                default -> throw new UnknownHostException(name);
              };
            });
    for (int i = 0; i < 3; i++) {
      assertThat(addresses.resolve("good").join())
          .isEqualTo(
              new TargetAddresses.Resolution.Resolved(
                  List.of(address("1.1.1.1"), address("2606:4700::1"))));
    }
    assertThat(asked).hasValue(1);
    assertThat(addresses.resolve("mixed").join())
        .isEqualTo(new TargetAddresses.Resolution.Forbidden());
    assertThatThrownBy(() -> addresses.resolve("gone").join())
        .isInstanceOf(CompletionException.class);
    // that there is no such name is not kept
    DecisionLines.eventually(
        () -> addresses.resolve("gone").isCompletedExceptionally() && asked.get() > 3);
  }
}
