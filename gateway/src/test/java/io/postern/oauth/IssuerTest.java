package io.postern.oauth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IssuerTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://localhost:8080",
        "https://id.example.com",
        "https://id.example.com/",
        "https://id.example.com:8443/tenants/one",
        "https://id.example.com/a/",
        "https://id.example.com/%C3%A4%2F",
        "https://id.example.com/a:b@c;d=1,2",
        "http://postern_1:8080",
        "http://postern.default.svc.cluster.local",
        "http://10.20.200.255:81",
        "http://[::1]:8080",
        "https://[2001:db8::1]/a",
        "https://xn--bcher-kva.example"
      })
  void identifier_asClientsWriteIt_isTaken(String identifier) {
    assertThat(new Issuer(identifier).identifier()).isEqualTo(identifier);
  }

  @ParameterizedTest
  @CsvSource({
    "https://h/a/../b, https://h/b",
    "https://h/a/./b, https://h/a/b",
    "https://h/a/.., https://h/",
    "https://h/.., https://h/",
    "https://h/., https://h/",
    "https://h/a/%2e%2E/b, https://h/b",
    "https://h/a//b, https://h/a/b",
    "https://h//, https://h/",
    "https://h/a//, https://h/a/",
    "https://H.Example/a, https://h.example/a",
    "HTTPS://h, https://h",
    "https://h:443, https://h",
    "https://h:443/a, https://h/a",
    "http://h:80, http://h",
    "https://h:, https://h",
    "https://h:08443, https://h:8443",
    "https://h/%41%7e, https://h/A~",
    "https://h/%c3%a4, https://h/%C3%A4",
    "https://h/ä, https://h/%C3%A4",
    "http://ä, http://xn--4ca",
    "https://Bücher.example:8443/ä, https://xn--bcher-kva.example:8443/%C3%A4",
    "https://%68/, https://h/",
    "https://[2001:DB8::1], https://[2001:db8::1]",
    "https://[::1]:443/a, https://[::1]/a",
    "h.example/a, https://h.example/a"
  })
  void identifier_thatClientsWriteOtherwise_isRefusedWithWhatToWrite(String given, String written) {
    assertThatThrownBy(() -> new Issuer(given))
        .isInstanceOf(IllegalArgumentException.class)
        .message()
        .endsWith("write " + written);
    assertThat(new Issuer(written).identifier()).isEqualTo(written);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "not a url",
        "",
        "https://",
        "https:h",
        "https:///a",
        "ftp://h",
        "urn:example:a",
        "https://user@h",
        "https://user:secret@h",
        "https://h?q",
        "https://h#f",
        "https://h:port",
        "https://h:0",
        "https://h:65536",
        "https://127.1",
        "https://256.1.1.1",
        "https://127.0.0.01",
        "https://0x7f000001",
        "https://2130706433/a",
        "https://1.2.3.4.",
        "https://a..b",
        "https://a,b",
        "https://[::1%25eth0]",
        "https://h/%zz",
        "https://h/ a",
        "https://h\u0000"
      })
  void identifier_thatIsNone_isRefused(String identifier) {
    assertThatThrownBy(() -> new Issuer(identifier)).isInstanceOf(IllegalArgumentException.class);
  }
}
