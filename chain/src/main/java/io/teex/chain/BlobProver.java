package io.teex.chain;

import io.teex.protocol.Bytes;

/** Makes what nodes want to see beside a blob: that it is what its transaction commits to. */
public interface BlobProver {
  /**
   * @param commitment to the blob, 48 bytes
   * @param cellProofs that each of the 128 cells of the extended blob belongs to it, 48 bytes each
   */
  record Proven(Bytes commitment, Bytes cellProofs) {}

  Proven prove(Bytes blob);
}
