package io.teex.executor.instrument;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Metered fuel is what an interpreter counts on the module as it was, to the unit; and two engines
 * leave the same value, fuel and reason behind, however the run ends. {@code ./teex fuzz executor}
 * does the same with as many modules as one likes.
 */
final class ExactnessTest {
  private static final int MODULES = Integer.getInteger("teex.modules", 400);

  /** Rerun one with {@code -Dteex.seed=N}; without it the seed is the clock's, and printed. */
  private static final OptionalLong SEED =
      Long.getLong("teex.seed") == null
          ? OptionalLong.empty()
          : OptionalLong.of(Long.getLong("teex.seed"));

  @TempDir Path directory;

  @Test
  void metersRandomModulesExactlyAndTheSameOnEveryEngine() throws Exception {
    long first = SEED.orElseGet(() -> new Random().nextLong());
    System.out.printf("ExactnessTest: -Dteex.seed=%d -Dteex.modules=%d%n", first, MODULES);
    Differential differential = new Differential(directory);

    for (long seed = first; seed < first + MODULES; seed++) {
      differential.run(seed);
    }
    List<String> agreement = differential.compare();

    System.out.printf(
        "%d completed, %d trapped, %d given up; V8: %s%n",
        differential.completed(), differential.trapped(), differential.tooLong(), agreement);
    assertThat(agreement).noneMatch(line -> line.startsWith("FAILED"));
    assertThat(differential.completed()).isGreaterThan(MODULES / 4);
    assertThat(differential.trapped()).isPositive();
  }
}
