package io.postern.verifier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.util.Base64URL;
import com.nimbusds.jose.util.JSONObjectUtils;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which documents are believed. */
class LineDocumentTest {
  private static final String ISSUER = "https://tokens.example.com";
  private static final long NOW = 1_000_000;
  private static final LineText TEXT = new LineText("0123456789abcdef");

  private final TestKey key = TestKey.of("key-1", "ES256");

  private static Map<String, Object> claims(Object... lines) {
    Map<String, Object> claims = new LinkedHashMap<>();
    claims.put("iss", ISSUER);
    claims.put("iat", NOW);
    claims.put("salt", TEXT.salt());
    claims.put("lines", Arrays.asList(lines));
    return claims;
  }

  private PublishedKey published() throws ParseException {
    PublishedKey found = PublishedKey.find(JWK.parse(JSONObjectUtils.toJSONString(key.jwk())));
    assertThat(found).isNotNull();
    return found;
  }

  private LineDocument read(String compact) throws Exception {
    return LineDocument.verify(LineDocument.parse(compact), published(), ISSUER);
  }

  private void assertRefused(Map<String, Object> claims, String message) {
    assertThatThrownBy(() -> read(key.sign("revocations+jwt", claims)))
        .isInstanceOf(UnfitDocumentException.class)
        .hasMessageContaining(message);
  }

  @Test
  void document_good_hasItsLines() throws Exception {
    LineDocument document =
        read(
            key.sign(
                "revocations+jwt",
                claims(
                    TEXT.line("client", "app", 5),
                    TEXT.line("user", "anna", "https://crm", 6),
                    TEXT.line("token", "t", 7))));
    assertThat(document.issuedAt()).isEqualTo(NOW);
    assertThat(document.lines())
        .containsExactly(
            new Line(new Line.Subject(LineKind.CLIENT, TEXT.hash("app"), ""), 5),
            new Line(
                new Line.Subject(LineKind.USER, TEXT.hash("anna"), TEXT.hash("https://crm")), 6),
            new Line(new Line.Subject(LineKind.TOKEN, "t", ""), 7));
  }

  @Test
  void unknownKindsAndMembers_areIgnored() throws Exception {
    Map<String, Object> strange = new LinkedHashMap<>(TEXT.line("client", "app", 5));
    strange.put("reason", Map.of("a", 1));
    LineDocument document =
        read(key.sign("revocations+jwt", claims(Map.of("kind", "tenant", "id", 7), strange)));
    assertThat(document.lines()).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"JWT", "at+jwt", "", "revocations"})
  void typ_another_isRefused(String typ) {
    assertThatThrownBy(() -> read(key.sign(typ, claims())))
        .isInstanceOf(UnfitDocumentException.class);
  }

  @Test
  void signature_ofAnother_isRefused() {
    assertThatThrownBy(() -> read(TestKey.of("key-1", "ES256").sign("revocations+jwt", claims())))
        .hasMessageContaining("signature");
    assertThatThrownBy(
            () ->
                LineDocument.verify(
                    LineDocument.parse(key.sign("revocations+jwt", claims())), null, ISSUER))
        .hasMessageContaining("unknown key");
  }

  @Test
  void claims_wrong_areRefused() {
    Map<String, Object> foreign = claims();
    foreign.put("iss", "https://evil.example");
    assertRefused(foreign, "another issuer");
    for (String claim : List.of("iat", "salt", "lines", "iss")) {
      Map<String, Object> less = claims();
      less.remove(claim);
      assertRefused(less, "the lines");
      less.put(claim, Map.of());
      assertRefused(less, "the lines");
    }
    Map<String, Object> unsalted = claims();
    unsalted.put("salt", "c2FsdA");
    assertRefused(unsalted, "too short");
  }

  @Test
  void line_malformed_isNotPassedOver() {
    for (Object line :
        List.of(
            "client",
            Map.of("kind", 1),
            Map.of("kind", "client", "id", "x"),
            Map.of("kind", "client", "not_before", 5),
            Map.of("kind", "client", "id", 5, "not_before", 5),
            Map.of("kind", "client", "id", "x", "not_before", "5"),
            Map.of("kind", "client", "id", "x", "not_before", 5, "resource", 5))) {
      assertRefused(claims(line), "a line is malformed");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "garbage", "a.b.c", "<html></html>", "{}"})
  void garbage_isRefused(String garbage) {
    assertThatThrownBy(() -> LineDocument.parse(garbage))
        .isInstanceOf(UnfitDocumentException.class);
  }

  @Test
  void exception_quotesNothing() {
    Map<String, Object> foreign = claims(TEXT.line("token", "very-secret", 5));
    foreign.put("iss", "https://very-secret.example");
    assertThatThrownBy(() -> read(key.sign("revocations+jwt", foreign)))
        .satisfies(e -> assertThat(e.toString()).doesNotContain("very-secret"));
  }

  private static LineDocument at(long issuedAt, Line... lines) {
    return new LineDocument("key-1", issuedAt, new Base64URL(TEXT.salt()), List.of(lines));
  }

  private static Instant second(long second) {
    return Instant.ofEpochSecond(second);
  }

  @Test
  void known_older_isRefused() throws Exception {
    KnownLines known = new KnownLines(Duration.ofSeconds(60), Duration.ofSeconds(30));
    known.replace(at(NOW), second(NOW));
    known.change(at(NOW + 2), second(NOW + 2));
    known.change(at(NOW + 2), second(NOW + 2));
    // of a gateway whose clock is behind, but not by more than clocks may be
    known.change(at(NOW - 28), second(NOW + 3));
    assertThatThrownBy(() -> known.change(at(NOW - 29), second(NOW + 3)))
        .hasMessageContaining("older");
    assertThatThrownBy(() -> known.replace(at(NOW - 29), second(NOW + 3)))
        .hasMessageContaining("older");
    assertThat(known.replace(at(NOW - 28), second(NOW + 3)).size()).isZero();
  }

  @Test
  void known_tooOldOrOfTheFuture_isRefused() throws Exception {
    KnownLines known = new KnownLines(Duration.ofSeconds(60), Duration.ofSeconds(30));
    assertThatThrownBy(() -> known.replace(at(NOW - 91), second(NOW)))
        .isInstanceOf(UnfitDocumentException.class);
    assertThatThrownBy(() -> known.replace(at(NOW + 31), second(NOW)))
        .hasMessageContaining("future");
    known.replace(at(NOW - 90), second(NOW));
    known.replace(at(NOW + 30), second(NOW));
  }

  @Test
  void known_changeOfOthers_isRefused() throws Exception {
    KnownLines known = new KnownLines(Duration.ofSeconds(60), Duration.ofSeconds(30));
    assertThatThrownBy(() -> known.change(at(NOW), second(NOW)))
        .isInstanceOf(UnfitDocumentException.class);
    known.replace(at(NOW), second(NOW));
    assertThatThrownBy(
            () ->
                known.change(
                    new LineDocument("key-1", NOW, Base64URL.encode(new byte[16]), List.of()),
                    second(NOW)))
        .isInstanceOf(UnfitDocumentException.class);
  }

  @Test
  void known_endedKey_isNotBelievedAnyMore() throws Exception {
    KnownLines known = new KnownLines(Duration.ofSeconds(60), Duration.ofSeconds(30));
    known.replace(at(NOW), second(NOW));
    known.change(
        at(NOW, new Line(new Line.Subject(LineKind.KEY, "key-1", ""), NOW + 5)), second(NOW));
    assertThatThrownBy(() -> known.replace(at(NOW + 5), second(NOW + 5)))
        .hasMessageContaining("was ended");
    known.replace(at(NOW + 6), second(NOW + 6));
  }
}
