package io.teex.protocol;

/**
 * What a service costs, and what part of it the worker earns. Fuel counts in started millions of
 * units, see {@link Pricing}.
 */
public record Price(
    Amount base,
    Amount perMillionFuel,
    Amount remunerationBase,
    Amount remunerationPerMillionFuel) {

  /** The struct hash: the same on every chain. */
  public Bytes32 digest() {
    return TypedData.structHash(this);
  }
}
