package io.teex.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.teex.protocol.Bytes;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RlpItemTest {
  @Test
  void readsWhatTheSpecificationShows() {
    assertThat(RlpItem.decode(Bytes.fromHex("83646f67")).text()).isEqualTo(Bytes.fromHex("646f67"));
    assertThat(RlpItem.decode(Bytes.fromHex("c88363617483646f67")).list()).hasSize(2);
    assertThat(RlpItem.decode(Bytes.fromHex("c7c0c1c0c3c0c1c0")).list()).hasSize(3);
    assertThat(RlpItem.decode(Bytes.fromHex("80")).text().isEmpty()).isTrue();
    assertThat(RlpItem.decode(Bytes.fromHex("0f")).text()).isEqualTo(Bytes.fromHex("0f"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "83646f",
        "8100",
        "817f",
        "b801ff",
        "b90001ff",
        "b9003800",
        "f800",
        "c0c0",
        "c2c1",
        "ffffffffffffffffff",
        "bfffffffffffffffff",
        "f90037",
        "c883636174836" + "46f6780"
      })
  void refusesWhatIsNotTheShortestEncodingOfOneValue(String hex) {
    assertThatThrownBy(() -> RlpItem.decode(Bytes.fromHex(hex)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void readsWhatIsWritten() {
    long seed = System.nanoTime();
    SplittableRandom random = new SplittableRandom(seed);
    for (int round = 0; round < 2_000; round++) {
      RlpItem item = item(random, 4);
      assertThat(RlpItem.decode(item.encoded())).as("seed %d", seed).isEqualTo(item);
    }
  }

  private static RlpItem item(SplittableRandom random, int depth) {
    if (depth == 0 || random.nextBoolean()) {
      byte[] value = new byte[random.nextInt(5) == 0 ? random.nextInt(400) : random.nextInt(4)];
      random.nextBytes(value);
      return new RlpItem.Text(Bytes.of(value));
    }
    List<RlpItem> items = new ArrayList<>();
    for (int i = random.nextInt(6); i > 0; i--) {
      items.add(item(random, depth - 1));
    }
    return new RlpItem.Items(items);
  }

  @Test
  void neverFailsOtherwiseThanByRefusing() {
    long seed = System.nanoTime();
    SplittableRandom random = new SplittableRandom(seed);
    for (int round = 0; round < 20_000; round++) {
      byte[] bytes = new byte[random.nextInt(40)];
      random.nextBytes(bytes);
      try {
        Bytes read = Bytes.of(bytes);
        assertThat(RlpItem.decode(read).encoded()).as("seed %d", seed).isEqualTo(read);
      } catch (IllegalArgumentException e) {
        // Refused.
      }
    }
  }
}
