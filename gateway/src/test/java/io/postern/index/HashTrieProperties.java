package io.postern.index;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.Tuple.Tuple2;

class HashTrieProperties {
  /** To put the value, or to remove the key where there is none. */
  private record Step(HashTrie<Integer> trie, Map<String, Integer> model) {
    void assertSame(Iterable<String> keys) {
      assertThat(trie.size()).isEqualTo(model.size());
      for (String key : keys) {
        assertThat(trie.find(key)).as(key).isEqualTo(model.get(key));
      }
      List<Integer> values = new ArrayList<>();
      trie.forEach(values::add);
      assertThat(values).containsExactlyInAnyOrderElementsOf(model.values());
    }
  }

  // "Aa" and "BB" have one hash, and so have all their combinations of one length
  @Provide
  Arbitrary<String> keys() {
    Arbitrary<String> colliding =
        Arbitraries.of("Aa", "BB")
            .list()
            .ofMinSize(1)
            .ofMaxSize(5)
            .map(List::copyOf)
            .map(pieces -> String.join("", pieces));
    Arbitrary<String> few = Arbitraries.strings().withCharRange('a', 'e').ofMaxLength(3);
    Arbitrary<String> any = Arbitraries.strings().ofMaxLength(8);
    return Arbitraries.frequencyOf(Tuple.of(5, colliding), Tuple.of(4, few), Tuple.of(1, any));
  }

  @Provide
  Arbitrary<List<Tuple2<String, Integer>>> changes() {
    // a negative number removes
    return keys()
        .flatMap(key -> Arbitraries.integers().between(-60, 99).map(value -> Tuple.of(key, value)))
        .list()
        .ofMaxSize(120);
  }

  @Property(tries = 500)
  void trie_behavesAsAHashMap_andFormerOnesStay(
      @ForAll("changes") List<Tuple2<String, Integer>> changes) {
    HashTrie<Integer> trie = HashTrie.empty();
    Map<String, Integer> model = new HashMap<>();
    List<Step> steps = new ArrayList<>();
    for (Tuple2<String, Integer> change : changes) {
      if (change.get2() < 0) {
        trie = trie.without(change.get1());
        model.remove(change.get1());
      } else {
        trie = trie.with(change.get1(), change.get2());
        model.put(change.get1(), change.get2());
      }
      assertThat(trie.find(change.get1())).isEqualTo(model.get(change.get1()));
      assertThat(trie.size()).isEqualTo(model.size());
      steps.add(new Step(trie, Map.copyOf(model)));
    }
    List<String> keys = changes.stream().map(Tuple2::get1).distinct().toList();
    steps.forEach(step -> step.assertSame(keys));
  }

  @Property(tries = 200)
  void trie_withAllRemoved_isEmptyAgain(@ForAll("changes") List<Tuple2<String, Integer>> changes) {
    HashTrie<Integer> trie = HashTrie.empty();
    for (Tuple2<String, Integer> change : changes) {
      trie = trie.with(change.get1(), change.get2());
    }
    for (Tuple2<String, Integer> change : changes.reversed()) {
      trie = trie.without(change.get1());
      assertThat(trie.find(change.get1())).isNull();
    }
    new Step(trie, Map.of()).assertSame(changes.stream().map(Tuple2::get1).toList());
  }
}
