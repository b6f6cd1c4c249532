package io.postern.oauth;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.constraints.Size;

class TokenRequestProperties {
  /** A name and its value, both decoded. */
  record Pair(String name, String value) {}

  private static List<Pair> pairs(byte[] form) {
    List<Pair> pairs = new ArrayList<>();
    for (FormDecoder decoder = new FormDecoder(form); decoder.next(); ) {
      pairs.add(new Pair(decoder.name(), decoder.value()));
    }
    return pairs;
  }

  /** Text of any characters but halves of surrogate pairs, which have no UTF-8. */
  @Provide
  Arbitrary<String> texts() {
    Arbitrary<Integer> codePoints =
        Arbitraries.frequencyOf(
            Tuple.of(4, Arbitraries.integers().between(0x20, 0x7E)),
            Tuple.of(1, Arbitraries.integers().between(0, 0x1F)),
            Tuple.of(1, Arbitraries.of(':', '%', '+', '&', '=', ' ').map(c -> (int) c)),
            Tuple.of(1, Arbitraries.integers().between(0x7F, 0xD7FF)),
            Tuple.of(1, Arbitraries.integers().between(0xE000, 0x10FFFF)));
    return codePoints
        .list()
        .ofMaxSize(30)
        .map(
            points -> {
              StringBuilder text = new StringBuilder();
              points.forEach(text::appendCodePoint);
              return text.toString();
            });
  }

  @Provide
  Arbitrary<List<Pair>> forms() {
    return Combinators.combine(texts(), texts()).as(Pair::new).list().ofMaxSize(8);
  }

  // RFC 6749 §2.3.1, App. B
  @Property(tries = 500)
  void basic_encoded_comesBack(@ForAll("texts") String clientId, @ForAll("texts") String secret) {
    ClientCredentials.Secret read =
        ClientCredentials.parseBasic(basic(encode(clientId) + ":" + encode(secret)));
    assertThat(read)
        .isEqualTo(
            new ClientCredentials.Secret(
                AuthenticationMethod.CLIENT_SECRET_BASIC, clientId, secret));
  }

  // and for those that forget to encode: ids and secrets are made of unreserved characters
  @Property(tries = 200)
  void basic_unreserved_comesBackWithoutEncoding(
      @ForAll("unreserved") String clientId, @ForAll("unreserved") String secret) {
    ClientCredentials.Secret read = ClientCredentials.parseBasic(basic(clientId + ":" + secret));
    assertThat(read).isNotNull();
    assertThat(read.clientId()).isEqualTo(clientId);
    assertThat(read.secret()).isEqualTo(secret);
  }

  @Provide
  Arbitrary<String> unreserved() {
    return Arbitraries.strings().alpha().numeric().withChars("-._~").ofMinLength(1).ofMaxLength(64);
  }

  @Property(tries = 500)
  void form_encoded_comesBack(@ForAll("forms") List<Pair> form) {
    List<String> pieces = new ArrayList<>();
    form.forEach(p -> pieces.add(encode(p.name()) + "=" + encode(p.value())));
    assertThat(pairs(String.join("&", pieces).getBytes(StandardCharsets.US_ASCII))).isEqualTo(form);
  }

  // every byte may be written as itself, but for those with a meaning
  @Property(tries = 300)
  void form_withEveryBytePercentEncoded_isTheSame(
      @ForAll("texts") String name, @ForAll("texts") String value) {
    byte[] form = (percent(name) + "=" + percent(value)).getBytes(StandardCharsets.US_ASCII);
    assertThat(pairs(form)).containsExactly(new Pair(name, value));
  }

  @Property(tries = 1_000)
  void parse_ofAnyBytes_givesAnAnswer(
      @ForAll @Size(max = 200) byte[] form, @ForAll("headers") String authorization) {
    assertThat(TokenRequest.parse(form, authorization.isEmpty() ? null : authorization))
        .isNotNull();
  }

  @Property(tries = 1_000)
  void parse_ofAnyForm_givesARequestOnlyWithCredentials(
      @ForAll("likelyForms") String form, @ForAll("headers") String authorization) {
    ParsedTokenRequest parsed =
        TokenRequest.parse(
            form.getBytes(StandardCharsets.UTF_8), authorization.isEmpty() ? null : authorization);
    switch (parsed) {
      case MalformedTokenRequest malformed -> assertThat(malformed.refusal()).isNotNull();
      case TokenRequest request -> {
        assertThat(request.grantType()).isEqualTo(GrantType.CLIENT_CREDENTIALS);
        assertThat(request.credentials()).isNotNull();
        // what is named in a text form is not what is secret
        assertThat(request.credentials().toString()).contains("<redacted>");
      }
    }
  }

  @Provide
  Arbitrary<String> headers() {
    Arbitrary<String> tail =
        Arbitraries.oneOf(
            texts(), texts().map(TokenRequestProperties::basic).map(header -> header.substring(6)));
    return Combinators.combine(Arbitraries.of("", "Basic ", "basic ", "Bearer ", "Basic"), tail)
        .as((scheme, rest) -> scheme.isEmpty() ? "" : scheme + rest);
  }

  @Provide
  Arbitrary<String> likelyForms() {
    Arbitrary<String> names =
        Arbitraries.of(
            "grant_type",
            "client_id",
            "client_secret",
            "client_assertion",
            "client_assertion_type",
            "scope",
            "audience",
            "resource",
            "scopes",
            "other");
    Arbitrary<String> values =
        Arbitraries.oneOf(
            Arbitraries.of(
                "client_credentials",
                "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
                "",
                "%",
                "a.b.c"),
            texts().map(TokenRequestProperties::encode));
    return Combinators.combine(names, values)
        .as((name, value) -> name + "=" + value)
        .list()
        .ofMaxSize(6)
        .map(pieces -> "grant_type=client_credentials&" + String.join("&", pieces));
  }

  private static String basic(String pair) {
    return "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  private static String percent(String text) {
    StringBuilder encoded = new StringBuilder();
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      encoded.append(String.format("%%%02x", b));
    }
    return encoded.toString();
  }
}
