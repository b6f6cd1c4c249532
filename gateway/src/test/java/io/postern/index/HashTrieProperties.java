package io.postern.index;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.Tuple.Tuple2;

class HashTrieProperties {
  private record Entry(String key, int value) {}

  private enum Kind {
    REMOVE,
    PUT,
    /** Only if the key is there. */
    REPLACE
  }

  /** A trie and what it must hold. */
  private record Step(HashTrie<Entry> trie, Map<String, Entry> model) {
    void assertSame(Iterable<String> keys) {
      assertThat(trie.size()).isEqualTo(model.size());
      for (String key : keys) {
        assertThat(trie.find(key)).as(key).isEqualTo(model.get(key));
      }
      List<Entry> values = new ArrayList<>();
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
    // the number says what is done, see kind
    return keys()
        .flatMap(key -> Arbitraries.integers().between(-60, 99).map(value -> Tuple.of(key, value)))
        .list()
        .ofMaxSize(120);
  }

  @Property(tries = 500)
  void trie_behavesAsAHashMap_andFormerOnesStay(
      @ForAll("changes") List<Tuple2<String, Integer>> changes) {
    HashTrie<Entry> trie = HashTrie.empty(Entry::key);
    Map<String, Entry> model = new HashMap<>();
    List<Step> steps = new ArrayList<>();
    for (Tuple2<String, Integer> change : changes) {
      HashTrie.Builder<Entry> next = trie.edit();
      assertThat(apply(change, next)).isEqualTo(apply(change, model));
      trie = next.build();
      steps.add(new Step(trie, Map.copyOf(model)));
    }
    List<String> keys = changes.stream().map(Tuple2::get1).distinct().toList();
    steps.forEach(step -> step.assertSame(keys));
  }

  /** One builder makes all changes and builds now and then: what it has built stays as it was. */
  @Property(tries = 500)
  void builder_behavesAsAHashMap_andWhatItBuiltStays(
      @ForAll("changes") List<Tuple2<String, Integer>> changes, @ForAll Random random) {
    HashTrie.Builder<Entry> builder = HashTrie.<Entry>empty(Entry::key).edit();
    Map<String, Entry> model = new HashMap<>();
    List<Step> steps = new ArrayList<>();
    for (Tuple2<String, Integer> change : changes) {
      assertThat(apply(change, builder)).isEqualTo(apply(change, model));
      assertThat(builder.find(change.get1())).isEqualTo(model.get(change.get1()));
      if (random.nextInt(5) == 0) {
        steps.add(new Step(builder.build(), Map.copyOf(model)));
      }
    }
    steps.add(new Step(builder.build(), Map.copyOf(model)));
    List<String> keys = changes.stream().map(Tuple2::get1).distinct().toList();
    steps.forEach(step -> step.assertSame(keys));
  }

  @Property(tries = 200)
  void trie_withAllRemoved_isEmptyAgain(@ForAll("changes") List<Tuple2<String, Integer>> changes) {
    HashTrie.Builder<Entry> builder = HashTrie.<Entry>empty(Entry::key).edit();
    for (Tuple2<String, Integer> change : changes) {
      builder.put(new Entry(change.get1(), change.get2()));
    }
    for (Tuple2<String, Integer> change : changes.reversed()) {
      builder.remove(change.get1());
      assertThat(builder.find(change.get1())).isNull();
    }
    new Step(builder.build(), Map.of()).assertSame(changes.stream().map(Tuple2::get1).toList());
  }

  private static Entry apply(Tuple2<String, Integer> change, HashTrie.Builder<Entry> builder) {
    String key = change.get1();
    Entry next = new Entry(key, change.get2());
    return switch (kind(change)) {
      case REMOVE -> builder.remove(key);
      case PUT -> builder.put(next);
      case REPLACE -> {
        Entry former = builder.find(key);
        builder.replace(
            key,
            present -> {
              assertThat(present).isEqualTo(former);
              return next;
            });
        yield former;
      }
    };
  }

  private static Entry apply(Tuple2<String, Integer> change, Map<String, Entry> model) {
    String key = change.get1();
    Entry next = new Entry(key, change.get2());
    return switch (kind(change)) {
      case REMOVE -> model.remove(key);
      case PUT -> model.put(key, next);
      case REPLACE -> model.replace(key, next);
    };
  }

  private static Kind kind(Tuple2<String, Integer> change) {
    return change.get2() < 0 ? Kind.REMOVE : change.get2() < 70 ? Kind.PUT : Kind.REPLACE;
  }
}
