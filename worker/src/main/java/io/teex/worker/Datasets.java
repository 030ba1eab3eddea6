package io.teex.worker;

import io.teex.blobs.BlobStore;
import io.teex.protocol.Bytes32;
import io.teex.protocol.DatasetKeys;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.SealedDataset;
import io.teex.protocol.TeexException;

/** Gets the data sets of a release ready to be read, without opening any of them. */
final class Datasets {
  /** What is promised to users (docs/sealed-data.md), so no setting. */
  static final long FETCHED_BYTES_MAX = 16 << 20;

  private final BlobStore blobs;
  private final long fetchedBytesMax;

  /**
   * @param blobs sealed bytes only: it may keep them in memory for other tasks
   * @param fetchedBytesMax up to which a range is fetched whole, so that the store does not learn
   *     what of it is read
   */
  Datasets(BlobStore blobs, long fetchedBytesMax) {
    this.blobs = blobs;
    this.fetchedBytesMax = fetchedBytesMax;
  }

  /**
   * @return closes the keys that it took from the release
   * @throws TeexException {@code BLOB_NOT_FOUND}, {@code BLOB_TAMPERED} if it is not what its
   *     licence is for
   */
  SealedRange open(Release.Data data) {
    SealedDataset index = SealedDataset.decode(blobs.get(data.cid()));
    DatasetKeys keys = DatasetKeys.decode(data.keys());
    try {
      keys.requireFits(index.shape());
      Bytes32 digest = index.dataDigest(keys.range());
      if (!digest.equals(data.digest())) {
        throw new TeexException(
            ErrorCode.BLOB_TAMPERED,
            "chunks %s of index %s are data %s, its licence is for %s: its owner has to store it anew"
                .formatted(keys.range(), data.cid(), digest, data.digest()));
      }
      SealedRange range = new SealedRange(blobs, index, keys);
      if (range.size() <= fetchedBytesMax) {
        range.fetch();
      }
      return range;
    } catch (RuntimeException | Error e) {
      keys.close();
      throw e;
    }
  }
}
