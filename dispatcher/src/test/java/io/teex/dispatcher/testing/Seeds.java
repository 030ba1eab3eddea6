package io.teex.dispatcher.testing;

import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/** Randomness for tests that print how to run them again: {@code -Dteex.seed=…}. */
public final class Seeds {
  private Seeds() {}

  public static RandomGenerator random() {
    long seed = Long.getLong("teex.seed", new SplittableRandom().nextLong());
    System.out.println("rerun with -Dteex.seed=" + seed);
    return new SplittableRandom(seed);
  }
}
