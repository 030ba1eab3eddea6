package io.teex.protocol;

import java.util.List;

/**
 * What an execution was governed by.
 *
 * @param image the order's image digest
 * @param price {@link Price#digest}
 * @param licences {@link #licences(List)} of the order's licence digests
 * @param costTable digest of the table that says how much fuel each instruction costs
 */
public record ReceiptDigests(Bytes32 image, Bytes32 price, Bytes32 licences, Bytes32 costTable) {

  /**
   * Keccak-256 of the concatenated licence digests in the order's order; zero if there are none.
   */
  public static Bytes32 licences(List<DatasetUse> datasets) {
    return datasets.isEmpty()
        ? Bytes32.ZERO
        : Keccak.hash(
            datasets.stream().map(use -> use.licenceDigest().copy()).toArray(byte[][]::new));
  }
}
