package io.teex.protocol;

import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/** Randomness for tests that print how to run them again: {@code -Dteex.seed=…}. */
final class Seeds {
  private Seeds() {}

  static RandomGenerator random() {
    long seed = Long.getLong("teex.seed", new SplittableRandom().nextLong());
    System.out.println("rerun with -Dteex.seed=" + seed);
    return new SplittableRandom(seed);
  }

  @SafeVarargs
  static <T> T pick(RandomGenerator random, T... among) {
    return among[random.nextInt(among.length)];
  }
}
