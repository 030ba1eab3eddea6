package io.teex.executor.instrument;

/**
 * Fuel and call stack in one i64, which every function takes as its last parameter and gives back
 * as its last result: fuel above {@link #FUEL_SHIFT}, below it the call stack that is left, in
 * units of {@link #STACK_UNIT_BYTES}. Taking too much of either sets a bit of {@link #EXHAUSTED}.
 */
final class FuelWord {
  static final int FUEL_SHIFT = 18;

  /**
   * The most fuel that a task gets: hours of a fast machine, and half of what there is room for,
   * since code that is behind with its charges holds more than it was given.
   */
  static final long FUEL_MAX = 1L << (62 - FUEL_SHIFT);

  static final int STACK_UNIT_SHIFT = 7;
  static final int STACK_UNIT_BYTES = 1 << STACK_UNIT_SHIFT;
  static final long STACK_MASK = (1L << FUEL_SHIFT) - 1;

  /** Set when more stack was taken than was there: the borrow from the fuel ran through it. */
  static final long STACK_EXHAUSTED = 1L << (FUEL_SHIFT - 1);

  /** The most stack that leaves {@link #STACK_EXHAUSTED} to be what it is, whatever a frame is. */
  static final int STACK_BYTES_MAX = 1 << 23;

  static final long EXHAUSTED = Long.MIN_VALUE | STACK_EXHAUSTED;

  /** A frame that no stack has room for. */
  private static final long FRAME_UNITS_MAX = STACK_BYTES_MAX / STACK_UNIT_BYTES + 1;

  private FuelWord() {}

  static long fuel(long units) {
    return units << FUEL_SHIFT;
  }

  static long frame(long bytes) {
    long units = (bytes + STACK_UNIT_BYTES - 1) / STACK_UNIT_BYTES;
    return Math.min(units, FRAME_UNITS_MAX);
  }
}
