package io.teex.protocol;

/**
 * What an execution may consume.
 *
 * @param fuel units of the cost table
 * @param fuelStep fuel is charged and published rounded up to a multiple of this, so that the exact
 *     figure tells nothing about the input; 0 and 1 mean no rounding
 * @param memoryBytes of linear memory
 */
public record Limits(long fuel, long fuelStep, long memoryBytes) {
  public Limits {
    Require.uint64("fuel limit", fuel);
    Require.uint64("fuel step", fuelStep);
    Require.uint64("memory limit", memoryBytes);
  }
}
