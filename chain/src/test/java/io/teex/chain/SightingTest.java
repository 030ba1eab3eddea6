package io.teex.chain;

import static org.assertj.core.api.Assertions.assertThat;

import io.teex.protocol.Bytes32;
import io.teex.protocol.Keccak;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SightingTest {
  private static final Bytes32 GENESIS = hash("genesis");

  private static Bytes32 hash(String name) {
    return Keccak.hash(name.getBytes(StandardCharsets.UTF_8));
  }

  private static List<Sighting> heads(long... heads) {
    List<Sighting> seen = new ArrayList<>();
    for (long head : heads) {
      seen.add(new Sighting(seen.size(), 1, GENESIS, head));
    }
    return seen;
  }

  @Test
  void nodesThatAreAFewBlocksApartAreAlike() {
    assertThat(Sighting.faults(heads(100, 105, 102))).isEmpty();
    assertThat(Sighting.faults(heads(0))).isEmpty();
    assertThat(Sighting.faults(List.of())).isEmpty();
  }

  @Test
  void aLaggardIsLeftOut() {
    assertThat(Sighting.faults(heads(94, 100)))
        .isEqualTo(Map.of(0, "is behind: its newest block is 94, that of others 100"));
    assertThat(Sighting.faults(heads(100, 99, 90))).containsOnlyKeys(2);
  }

  @Test
  void aHeadThatNobodyElseSeesDoesNotMakeTheOthersLaggards() {
    assertThat(Sighting.faults(heads(100, 9_000, 101)))
        .isEqualTo(Map.of(1, "claims block 9000, where others are at 101"));
  }

  @Test
  void anotherChainIsLeftOutHoweverLong() {
    List<Sighting> seen =
        List.of(
            new Sighting(0, 1, hash("other"), 500),
            new Sighting(1, 1, GENESIS, 100),
            new Sighting(2, 1, GENESIS, 100),
            new Sighting(3, 5, GENESIS, 100));

    assertThat(Sighting.faults(seen)).containsOnlyKeys(0, 3);
    assertThat(Sighting.faults(seen).get(3)).contains("chain 5", "others have chain 1");
  }

  @Test
  void whereOneStandsAgainstOneTheFirstCounts() {
    assertThat(Sighting.forks(7, new java.util.TreeMap<>(Map.of(0, hash("a"), 1, hash("b")))))
        .containsOnlyKeys(1);
    assertThat(
            Sighting.forks(
                7, new java.util.TreeMap<>(Map.of(0, hash("a"), 1, hash("b"), 2, hash("b")))))
        .containsOnlyKeys(0);
  }
}
