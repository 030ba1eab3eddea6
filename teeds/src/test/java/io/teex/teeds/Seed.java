package io.teex.teeds;

import java.util.Random;

/** Seeds of random tests: drawn and printed, or given by {@code -Dteex.seed} to run one again. */
final class Seed {
  private Seed() {}

  static Random random(Class<?> test) {
    long seed = Long.getLong("teex.seed", new Random().nextLong());
    System.out.println(test.getSimpleName() + " runs again with -Dteex.seed=" + seed);
    return new Random(seed);
  }
}
