package io.teex.manager.release;

import io.teex.protocol.Bytes32;

/**
 * One use of one licence by one task, and the limits within which it counts.
 *
 * @param outputBytes the most output that this task may make of the data
 * @param sideBytes what it may tell besides, which the licence's budget is charged too
 * @param usesMax tasks in total that the licence allows
 * @param outputBytesMax output in total that the licence allows
 */
public record LicensedUse(
    Bytes32 licenceDigest, long outputBytes, int sideBytes, long usesMax, long outputBytesMax) {

  /** What the use takes of the licence's output budget. */
  long budgetBytes() {
    return outputBytes + sideBytes;
  }
}
