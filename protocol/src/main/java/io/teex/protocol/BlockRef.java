package io.teex.protocol;

/** A block of the chain by number and hash. */
public record BlockRef(long number, Bytes32 hash) {
  public BlockRef {
    Require.uint64("block number", number);
  }
}
