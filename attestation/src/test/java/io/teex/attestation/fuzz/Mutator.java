package io.teex.attestation.fuzz;

import java.util.random.RandomGenerator;

/** Makes inputs of a seed, by what it knows of the seed's format. */
public interface Mutator {
  /** What makes inputs of this seed; what takes time is done once here. */
  Source of(byte[] seed);

  /** Safe for use by several threads. */
  interface Source {
    byte[] next(RandomGenerator random);
  }
}
