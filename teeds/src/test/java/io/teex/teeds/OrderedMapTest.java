package io.teex.teeds;

import static org.assertj.core.api.Assertions.assertThat;

import io.teex.protocol.Bytes;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class OrderedMapTest {
  private static List<Entry> entries(OrderedMap map, KeyRange range, int limit) {
    List<Entry> entries = new ArrayList<>();
    map.visit(range, entry -> entries.size() < limit && entries.add(entry));
    return entries;
  }

  @Test
  void doesWhatASortedMapDoes() {
    Random random = Seed.random(OrderedMapTest.class);
    TreeMap<Bytes, Entry> model = new TreeMap<>();
    OrderedMap map = OrderedMap.EMPTY;
    for (int step = 1; step <= 20_000; step++) {
      Bytes key = key(random);
      if (random.nextInt(5) < 3) {
        Entry entry = new Entry(key, Keys.filled(random.nextInt(5), step), step);
        model.put(key, entry);
        map = map.with(entry);
      } else {
        OrderedMap before = map;
        map = map.without(key);
        assertThat(map == before).isEqualTo(model.remove(key) == null);
      }
      assertThat(map.find(key).orElse(null)).isEqualTo(model.get(key));
      if (step % 500 == 0) {
        map.check();
        assertThat(entries(map, KeyRange.all(), Integer.MAX_VALUE))
            .containsExactlyElementsOf(model.values());
        assertThat(map.size()).isEqualTo(model.size());
        assertThat(map.bytes()).isEqualTo(bytes(model.values()));
        OrderedMap rebuilt = OrderedMap.ofSorted(List.copyOf(model.values()));
        rebuilt.check();
        assertThat(rebuilt.bytes()).isEqualTo(map.bytes());
      }
      Bytes from = key(random);
      Bytes to = key(random);
      if (from.compareTo(to) < 0) {
        assertThat(entries(map, new KeyRange(from, to), 3))
            .isEqualTo(model.subMap(from, to).values().stream().limit(3).toList());
        assertThat(map.bytes(new KeyRange(from, to)))
            .isEqualTo(bytes(model.subMap(from, to).values()));
        assertThat(map.bytes(new KeyRange(from, Bytes.EMPTY)))
            .isEqualTo(bytes(model.tailMap(from).values()));
      }
    }
  }

  private static long bytes(Collection<Entry> entries) {
    return entries.stream().mapToLong(e -> e.key().size() + e.value().size()).sum();
  }

  private static Bytes key(Random random) {
    byte[] key = new byte[1 + random.nextInt(2)];
    random.nextBytes(key);
    return Bytes.of(key);
  }

  @Test
  void keepsOldVersionsAsTheyWere() {
    OrderedMap one = OrderedMap.EMPTY.with(new Entry(Keys.bytes("a"), Keys.bytes("1"), 1));

    OrderedMap two = one.with(new Entry(Keys.bytes("a"), Keys.bytes("2"), 2));
    OrderedMap none = two.without(Keys.bytes("a"));

    assertThat(one.find(Keys.bytes("a")).orElseThrow().revision()).isEqualTo(1);
    assertThat(two.find(Keys.bytes("a")).orElseThrow().revision()).isEqualTo(2);
    assertThat(none.size()).isZero();
  }
}
