package io.postern.crypto;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.SecureRandom;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class RandomIdsTest {
  private static final int MANY = 10_000;

  // or `postern decisions ID` would take one of 64 for an option
  @Test
  void next_beginsWithALetter_andIsUnique() {
    Set<String> ids =
        Stream.generate(new RandomIds(new SecureRandom())::next)
            .limit(MANY)
            .collect(Collectors.toSet());

    assertThat(ids).hasSize(MANY).allMatch(id -> id.matches("[A-Za-f][A-Za-z0-9_-]{23}"));
  }
}
