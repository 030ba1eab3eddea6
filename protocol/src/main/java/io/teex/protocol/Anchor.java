package io.teex.protocol;

/**
 * The newest state of a stream that its owner knows of; signed by the owner.
 *
 * @param stream its name on chain
 * @param expectedEpoch the stream's epoch as the owner knows it: another one on chain refuses this
 * @param epoch and {@code index}: greater, as a pair, than those on chain
 * @param digest of the state
 */
public record Anchor(Bytes32 stream, long expectedEpoch, long epoch, long index, Bytes32 digest) {
  public Anchor {
    Require.uint64("expected epoch", expectedEpoch);
    Require.uint64("epoch", epoch);
    Require.uint64("index", index);
  }
}
