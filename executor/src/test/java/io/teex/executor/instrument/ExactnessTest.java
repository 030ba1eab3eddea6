package io.teex.executor.instrument;

import static org.assertj.core.api.Assertions.assertThat;

import io.teex.executor.instrument.CountingRun.Counted;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Metered fuel is what an interpreter counts on the module as it was, to the unit; and two engines
 * leave the same fuel and reason behind, however the run ends.
 */
final class ExactnessTest {
  private static final long PLENTY = 1L << 60;
  private static final int MODULES = Integer.getInteger("teex.modules", 150);

  /** Rerun one with {@code -Dteex.seed=N}; without it the seed is the clock's, and printed. */
  private static final OptionalLong SEED =
      Long.getLong("teex.seed") == null
          ? OptionalLong.empty()
          : OptionalLong.of(Long.getLong("teex.seed"));

  @TempDir Path directory;

  private final StringBuilder runs = new StringBuilder();
  private int completed;
  private int trapped;
  private int tooLong;

  @Test
  void metersRandomModulesExactlyAndTheSameOnEveryEngine() throws Exception {
    long first = SEED.orElseGet(() -> new Random().nextLong());
    System.out.printf("ExactnessTest: -Dteex.seed=%d -Dteex.modules=%d%n", first, MODULES);

    for (long seed = first; seed < first + MODULES; seed++) {
      try {
        checkRandomModule(seed);
      } catch (CountingRun.TooLong e) {
        tooLong++; // Nested loops multiply; another seed is shorter.
      }
    }
    String agreement = Node.run("engines-agree.js", runs.toString());

    System.out.printf(
        "%d completed, %d trapped, %d given up; V8: %s%n",
        completed, trapped, tooLong, agreement.strip());
    assertThat(agreement).doesNotContain("FAILED");
    assertThat(completed).isGreaterThan(MODULES / 4);
    assertThat(trapped).isPositive();
  }

  private void checkRandomModule(long seed) throws IOException {
    byte[] wasm = RandomModule.of(seed);
    Instrumented metered =
        Instrumenter.instrument(
            ImageCheck.readAny(wasm, new HostInterface()), InstrumentOptions.DEFAULT);

    Counted counted = CountingRun.run(wasm, "run", 3, 5);
    MeteredRun run = MeteredRun.run(metered, PLENTY, "run", 3, 5);

    assertThat(run.value()).as("value, seed %d", seed).isEqualTo(counted.value());
    record(seed, metered, PLENTY, run);
    if (counted.value().isEmpty()) {
      trapped++;
      return;
    }
    completed++;
    long fuel = counted.fuel();
    assertThat(run.fuelUsed()).as("fuel, seed %d", seed).isEqualTo(fuel);
    assertThat(run.stackLeft())
        .as("stack, seed %d", seed)
        .isEqualTo(InstrumentOptions.DEFAULT.stackBytesMax());
    assertThat(MeteredRun.run(metered, fuel, "run", 3, 5).isOutOfFuel())
        .as("enough fuel, seed %d", seed)
        .isFalse();
    MeteredRun shortOfOne = MeteredRun.run(metered, fuel - 1, "run", 3, 5);
    assertThat(shortOfOne.isOutOfFuel()).as("one unit short, seed %d", seed).isTrue();
    record(seed, metered, fuel - 1, shortOfOne);
    record(seed, metered, fuel / 2, MeteredRun.run(metered, fuel / 2, "run", 3, 5));
  }

  private void record(long seed, Instrumented metered, long limit, MeteredRun run)
      throws IOException {
    Path file = directory.resolve(seed + ".wasm");
    Files.write(file, metered.module().expose());
    String value = run.value().map(each -> Long.toString(each & 0xffff_ffffL)).orElse("trap");
    runs.append("%s %d 3 5 %s %d %d\n".formatted(file, limit, value, run.fuelUsed(), run.reason()));
  }
}
