package io.postern.grant;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.TreeSet;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.NotEmpty;
import net.jqwik.api.constraints.Size;

/** The decision on scopes against plain sets, for sets that fill several words of marks too. */
class ScopeSetProperties {
  @Property(tries = 1_000)
  void requestedValues_areThoseOfTheIntersection(
      @ForAll @NotEmpty @Size(max = 300) List<@IntRange(max = 299) Integer> granted,
      @ForAll @Size(max = 300) List<@IntRange(max = 319) Integer> requested) {
    List<String> asked = values(requested);
    TreeSet<String> expected = new TreeSet<>(values(granted));
    expected.retainAll(asked);

    assertThat(ScopeSet.of(values(granted)).textOf(asked))
        .isEqualTo(expected.isEmpty() ? null : String.join(" ", expected));
  }

  @Property(tries = 200)
  void sets_areEqualWhenTheirValuesAre(
      @ForAll @NotEmpty List<@IntRange(max = 20) Integer> one,
      @ForAll @NotEmpty List<@IntRange(max = 20) Integer> other) {
    ScopeSet set = ScopeSet.of(values(one));
    assertThat(ScopeSet.of(values(one).reversed())).isEqualTo(set).hasSameHashCodeAs(set);
    assertThat(ScopeSet.of(values(other)).equals(set))
        .isEqualTo(new TreeSet<>(one).equals(new TreeSet<>(other)));
    assertThat(IntStream.range(0, 20).mapToObj(i -> "s" + i).filter(set::contains))
        .containsExactlyInAnyOrderElementsOf(
            new TreeSet<>(values(one)).stream().filter(value -> !value.equals("s20")).toList());
  }

  /** All of it is the prepared text itself, however it was asked for. */
  @Property(tries = 100)
  void allValues_areThePreparedText(
      @ForAll @NotEmpty @Size(max = 150) List<@IntRange(max = 299) Integer> granted) {
    ScopeSet set = ScopeSet.of(values(granted));
    List<String> asked = values(granted).reversed();
    assertThat(set.textOf(asked)).isSameAs(set.text());
  }

  private static List<String> values(List<Integer> numbers) {
    return numbers.stream().map(number -> "s" + number).toList();
  }
}
