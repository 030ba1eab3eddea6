package io.teex.attestation.fuzz;

import io.teex.protocol.Bytes;
import java.util.List;

/**
 * Something that reads bytes of strangers.
 *
 * @param share how many inputs it gets, beside the shares of the others: what is slow, since it
 *     verifies signatures, gets fewer
 * @param mutators how inputs are made of the seeds; {@link Mutations} is always among them
 */
public record Target(
    String name, int share, List<Seed> seeds, List<Mutator> mutators, Reader reader) {
  public Target {
    if (seeds.isEmpty()) {
      throw new IllegalArgumentException("no seeds for " + name);
    }
  }

  /**
   * An input that is read well, or nearly so.
   *
   * @param name the reader may know by it what belongs to this input
   */
  public record Seed(String name, Bytes bytes) {}

  /** Returns whether the input is refused or not; whatever it throws is a finding. */
  public interface Reader {
    void read(Seed seed, byte[] input) throws Exception;
  }
}
