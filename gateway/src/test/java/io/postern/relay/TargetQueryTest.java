package io.postern.relay;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TargetQueryTest {

  @ParameterizedTest
  @ValueSource(strings = {"", "a=1", "a=key", "keys=1", "mykey=1", "a=1&b=%zz", "a[]=1", "q=ü%20x"})
  void queryWithoutTheParameter_isClear(String query) {
    boolean ascii = query.chars().allMatch(c -> c < 0x7F);
    assertThat(TargetQuery.isClear(query, "key")).isEqualTo(ascii);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "key",
        "key=1",
        "a=1&key=1",
        "a=1;key=1",
        "KEY=1",
        "k%65y=1",
        "%6B%65%79=1",
        "k%2565y=1",
        "+key=1",
        "key%20=1",
        "%20key=1",
        "key[]=1",
        "key%5B0%5D=1",
        "key%00=1",
        "a=1&&key",
        "%zz=1",
        "%=1",
        "a?key=1"
      })
  void parameterInAnySpelling_isNot(String query) {
    assertThat(TargetQuery.isClear(query, "key")).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"a b", "a#b", "a\u0000", "a\r\nHost: x", "\u00FC", "a\u007F"})
  void whatIsNoQuery_isNot(String query) {
    assertThat(TargetQuery.isClear(query, null)).isFalse();
  }

  @Test
  void value_isEncoded() {
    assertThat(TargetQuery.with(null, "key", "a&b=c d")).isEqualTo("key=a%26b%3Dc+d");
    assertThat(TargetQuery.with("x=1", "key", "v")).isEqualTo("x=1&key=v");
  }
}
