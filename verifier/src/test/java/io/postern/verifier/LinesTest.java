package io.postern.verifier;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.util.Base64URL;
import com.nimbusds.jwt.JWTClaimsSet;
import java.text.ParseException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What each kind of line ends, to the second. */
class LinesTest {
  private static final LineText TEXT = new LineText("0123456789abcdef");
  private static final long ISSUED_AT = 1_000_000;

  private static TokenIds token(Map<String, ?> more) throws ParseException {
    Map<String, Object> claims = new LinkedHashMap<>();
    claims.put("iss", "https://issuer");
    claims.put("sub", "anna");
    claims.put("client_id", "app");
    claims.put("aud", List.of("https://crm", "https://erp"));
    claims.put("iat", ISSUED_AT);
    claims.put("exp", ISSUED_AT + 900);
    claims.put("jti", "token-9");
    claims.put("sid", "session-1");
    claims.put("family", "family-1");
    claims.put("ancestors", List.of("token-1", "token-2"));
    claims.put("act", Map.of("sub", "planner", "act", Map.of("client_id", "clerk", "sub", "x")));
    claims.putAll(more);
    claims.values().removeIf(value -> value.equals(""));
    return TokenClaims.of(JWTClaimsSet.parse(claims), "key-1").ids();
  }

  private static Lines lines(List<Map<String, Object>> published) {
    List<Line> lines = new ArrayList<>();
    for (Map<String, Object> line : published) {
      LineKind kind = LineKind.find((String) line.get("kind"));
      String resource = (String) line.getOrDefault("resource", "");
      lines.add(
          new Line(
              new Line.Subject(kind, (String) line.get("id"), resource),
              (Long) line.get("not_before")));
    }
    return Lines.of(new Base64URL(TEXT.salt()), lines);
  }

  private static boolean ends(Map<String, Object> line) throws ParseException {
    return lines(List.of(line)).hasEnded(token(Map.of()));
  }

  @ParameterizedTest
  @CsvSource({
    "client,app",
    "client,planner",
    "client,clerk",
    "client,x",
    "resource,https://crm",
    "resource,https://erp",
    "token,token-9",
    "token,token-1",
    "token,token-2",
    "key,key-1",
    "user,anna",
    "session,session-1",
    "family,family-1"
  })
  void line_ofTheToken_endsItToTheSecond(String kind, String id) throws ParseException {
    assertThat(ends(TEXT.line(kind, id, ISSUED_AT - 1))).isFalse();
    assertThat(ends(TEXT.line(kind, id, ISSUED_AT))).isTrue();
    assertThat(ends(TEXT.line(kind, id, ISSUED_AT + 1))).isTrue();
    assertThat(ends(TEXT.line(kind, id, 253_402_300_799L))).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "client,anna",
    "client,other",
    "resource,https://other",
    "token,token-3",
    "key,key-2",
    "user,app",
    "user,planner",
    "session,family-1",
    "family,session-1"
  })
  void line_ofAnother_endsNothing(String kind, String id) throws ParseException {
    assertThat(ends(TEXT.line(kind, id, ISSUED_AT + 1))).isFalse();
  }

  @ParameterizedTest
  @CsvSource({"client,app", "client,planner", "user,anna"})
  void line_withAResource_endsWhatIsForIt(String kind, String id) throws ParseException {
    assertThat(ends(TEXT.line(kind, id, "https://erp", ISSUED_AT))).isTrue();
    assertThat(ends(TEXT.line(kind, id, "https://erp", ISSUED_AT - 1))).isFalse();
    assertThat(ends(TEXT.line(kind, id, "https://other", ISSUED_AT))).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"sid", "family", "ancestors", "act"})
  void token_withoutAClaim_isLookedUpByTheOthers(String claim) throws ParseException {
    Lines lines =
        lines(
            List.of(
                TEXT.line("session", "session-1", ISSUED_AT - 1),
                TEXT.line("client", "app", ISSUED_AT)));
    assertThat(lines.hasEnded(token(Map.of(claim, "")))).isTrue();
  }

  @Test
  void ids_ofHashedKinds_areNotFoundPlain() throws ParseException {
    Map<String, Object> line = new LinkedHashMap<>(TEXT.line("client", "app", ISSUED_AT));
    line.put("id", "app");
    assertThat(ends(line)).isFalse();
  }

  @Test
  void change_replacesTheLineOfTheSame() throws ParseException {
    Lines ended = lines(List.of(TEXT.line("client", "app", 253_402_300_799L)));
    Lines lifted = ended.with(List.of(line("client", "app", ISSUED_AT - 1)));
    assertThat(ended.hasEnded(token(Map.of()))).isTrue();
    assertThat(lifted.hasEnded(token(Map.of()))).isFalse();
    assertThat(lifted.size()).isEqualTo(1);
    Lines both =
        lifted.with(
            List.of(
                new Line(
                    new Line.Subject(LineKind.CLIENT, TEXT.hash("app"), TEXT.hash("https://crm")),
                    ISSUED_AT)));
    assertThat(both.size()).isEqualTo(2);
    assertThat(both.hasEnded(token(Map.of()))).isTrue();
  }

  private static Line line(String kind, String id, long notBefore) {
    return new Line(
        new Line.Subject(Objects.requireNonNull(LineKind.find(kind)), TEXT.hash(id), ""),
        notBefore);
  }

  @Test
  void hashes_moreThanAreRemembered_stayRight() {
    IdHashes hashes = new IdHashes(new Base64URL(TEXT.salt()));
    for (int i = 0; i < 25_000; i++) {
      String id = "agent-" + i % 12_000;
      assertThat(hashes.of(id)).isEqualTo(TEXT.hash(id));
    }
  }
}
