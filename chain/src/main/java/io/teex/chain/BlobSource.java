package io.teex.chain;

import io.teex.protocol.Bytes;
import io.teex.protocol.Bytes32;
import io.teex.protocol.TeexException;
import java.net.URI;
import java.util.List;

/** Where blobs can be had. What it answers proves itself, or is refused, by whoever asked. */
@FunctionalInterface
public interface BlobSource {
  /**
   * Blobs that a transaction carried.
   *
   * @param block that the transaction is in
   * @param versionedHashes of the blobs, in their order
   */
  record Carried(Bytes32 transaction, ChainClient.Block block, List<Bytes32> versionedHashes) {
    public Carried {
      versionedHashes = List.copyOf(versionedHashes);
    }
  }

  /**
   * The blobs, in the order of their hashes.
   *
   * @throws TeexException {@code BLOB_NOT_FOUND} if they are not kept, {@code UNAVAILABLE} if
   *     nobody answers
   */
  List<Bytes> fetch(Carried blobs);

  /** A beacon node, which keeps the blobs of the last eighteen days or so. */
  static BlobSource beacon(URI endpoint) {
    return new BeaconBlobs(endpoint);
  }

  /** The embedded chain, which has no beacon chain and keeps all blobs itself. */
  static BlobSource embedded(ChainClient chain) {
    return blobs -> chain.blobs(blobs.transaction());
  }
}
