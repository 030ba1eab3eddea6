package io.teex.chain;

import static org.assertj.core.api.Assertions.assertThat;

import io.teex.chain.BlockTrail.Followed;
import io.teex.protocol.Bytes32;
import io.teex.protocol.Keccak;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class BlockTrailTest {
  private BlockTrail trail = new BlockTrail(4);
  private final List<Bytes32> chain = new ArrayList<>();

  private void grow(String branch, int height) {
    while (chain.size() <= height) {
      chain.add(hash(branch + chain.size()));
    }
  }

  private static Bytes32 hash(String name) {
    return Keccak.hash(name.getBytes(StandardCharsets.UTF_8));
  }

  private void cut(int height) {
    chain.subList(height + 1, chain.size()).clear();
  }

  private Followed follow() {
    return trail.follow(
        chain.size() - 1L, chain.getLast(), number -> Optional.of(chain.get((int) number)));
  }

  @Test
  void aChainThatGrowsUndoesNothing() {
    grow("a", 10);
    assertThat(follow()).isEqualTo(new Followed(9, false));
    assertThat(follow()).isEqualTo(new Followed(10, false));
    grow("a", 13);
    assertThat(follow()).isEqualTo(new Followed(10, false));
    assertThat(follow()).isEqualTo(new Followed(13, false));
  }

  @Test
  void tellsTheNewestBlockThatIsLeft() {
    for (int height = 10; height <= 14; height++) {
      grow("a", height);
      follow();
    }
    cut(12);
    grow("b", 16);

    assertThat(follow()).isEqualTo(new Followed(12, true));
    assertThat(follow()).isEqualTo(new Followed(16, false));
  }

  @Test
  void aChainThatIsShorterNowIsFollowedToo() {
    grow("a", 10);
    follow();
    grow("a", 14);
    follow();
    cut(11);

    assertThat(follow()).isEqualTo(new Followed(10, true));
    assertThat(follow()).isEqualTo(new Followed(11, false));
  }

  @Test
  void whatGoesDeeperThanItRemembersIsAllUndone() {
    for (int height = 10; height <= 20; height++) {
      grow("a", height);
      follow();
    }
    cut(5);
    grow("b", 30);

    assertThat(follow()).isEqualTo(new Followed(16, true));
  }

  @Test
  void neverKeepsABlockThatIsGone() {
    long seed = System.nanoTime();
    SplittableRandom random = new SplittableRandom(seed);
    trail = new BlockTrail(1_000);
    grow("a", 0);
    follow();
    for (int step = 0; step < 500; step++) {
      List<Bytes32> before = List.copyOf(chain);
      if (random.nextInt(3) == 0) {
        cut(Math.max(0, chain.size() - 1 - random.nextInt(6)));
      }
      grow("step " + step, chain.size() - 1 + random.nextInt(4));
      Followed followed = follow();

      int kept = (int) followed.kept();
      assertThat(before.get(kept)).as("seed %d, step %d", seed, step).isEqualTo(chain.get(kept));
    }
  }
}
