package io.teex.attestation.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** A short run; {@code ./teex fuzz} makes a long one. */
final class FuzzTest {
  private static final int INPUTS = 20_000;

  @Test
  void everyReaderCopesWithAnything() throws InterruptedException {
    long seed = new Random().nextInt(Integer.MAX_VALUE);
    Fuzzer fuzzer = new Fuzzer(Targets.all(), seed);

    fuzzer.run(INPUTS, 1);

    assertThat(fuzzer.findings())
        .as("see it again by: ./teex fuzz --inputs %d --seed %d", INPUTS, seed)
        .isEmpty();
  }

  @Test
  void findsWhatThrowsWhatIsGreedyAndMakesItAgain() throws InterruptedException {
    Target.Seed start = new Target.Seed("start", io.teex.protocol.Bytes.of(new byte[] {1, 2, 3}));
    Target bad =
        new Target(
            "bad",
            1,
            List.of(start),
            List.of(),
            (seed, input) -> {
              if (input.length > 3) {
                throw new IllegalStateException("longer");
              }
              if (input.length == 0) {
                assertThat(new byte[(int) Fuzzer.ALLOCATED_MAX + 1]).isNotNull();
              }
            });

    Fuzzer one = new Fuzzer(List.of(bad), 7);
    Fuzzer again = new Fuzzer(List.of(bad), 7);
    one.run(2_000, 1);
    again.run(2_000, 1);

    assertThat(one.findings()).hasSize(2);
    assertThat(one.findings().stream().map(Finding::input).toList())
        .containsExactlyInAnyOrderElementsOf(
            again.findings().stream().map(Finding::input).toList());
  }

  @Test
  void mutatorsOfFormatsKeepWhatTheyDoNotSpoil() {
    byte[] der = {0x30, 0x06, 0x02, 0x01, 0x05, 0x04, 0x01, 0x07};
    byte[] cbor = {(byte) 0x82, 0x43, 0x01, 0x02, 0x03, (byte) 0xa1, 0x01, 0x61, 0x61};

    assertThat(new Der().encode(java.util.Objects.requireNonNull(new Der().parse(der))))
        .isEqualTo(der);
    assertThat(
            new CborTrees().encode(java.util.Objects.requireNonNull(new CborTrees().parse(cbor))))
        .isEqualTo(cbor);
  }
}
