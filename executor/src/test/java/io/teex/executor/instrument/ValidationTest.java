package io.teex.executor.instrument;

import static org.assertj.core.api.Assertions.assertThat;

import io.teex.executor.testing.Examples;
import io.teex.protocol.TeexException;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/** Code that is validated in turns is judged as it is in one. */
final class ValidationTest {
  private static boolean isValid(byte[] wasm, int batchBytes) {
    try {
      Validation.requireValid(wasm, batchBytes);
      return true;
    } catch (TeexException | AssertionError e) {
      // The library asserts what the image check finds before, and this test leaves out.
      return false;
    }
  }

  private static boolean isRead(byte[] wasm) {
    try {
      ModuleReader.read(wasm, ImageLimits.WASM_1);
      return true;
    } catch (TeexException e) {
      return false;
    }
  }

  @Test
  void acceptsWhatIsValidInTurnsOfAnySize() {
    byte[] wasm = Examples.wasm("templates/cpp/service");

    for (int batch : new int[] {1, 100, 1_000, 10_000, 1 << 20}) {
      assertThat(isValid(wasm, batch)).as("turns of %d bytes", batch).isTrue();
    }
  }

  @Test
  void findsTheOneBodyThatIsNotWhereverItIs() {
    long seed = Long.getLong("teex.seed", new SplittableRandom().nextLong());
    System.out.println("rerun with -Dteex.seed=" + seed);
    RandomGenerator random = new SplittableRandom(seed);
    byte[] sound = Examples.wasm("templates/c/service");
    WasmModule module = ModuleReader.read(sound, ImageLimits.WASM_1);
    int invalid = 0;
    for (int round = 0; round < 60; round++) {
      byte[] wasm = sound.clone();
      WasmModule.Range body = module.bodies().get(random.nextInt(module.bodies().size()));
      wasm[body.from() + random.nextInt(body.size())] = (byte) random.nextInt(256);
      if (!isRead(wasm)) {
        continue;
      }
      boolean expected = isValid(wasm, Integer.MAX_VALUE);

      assertThat(isValid(wasm, 1 + random.nextInt(3_000))).isEqualTo(expected);
      invalid += expected ? 0 : 1;
    }
    assertThat(invalid).isPositive();
  }
}
