package io.teex.manager.catalogue;

import io.teex.blobs.BlobStore;
import io.teex.blobs.Cid;
import io.teex.protocol.Bytes32;
import io.teex.protocol.DatasetKeys;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.SealedDataset;
import io.teex.protocol.TeexException;

/**
 * Whether a sealed data set is what a licence names and its keys are right, without opening it: the
 * index makes the licence's digest, and a chunk under each of the keys is there and bound to it.
 * That the other chunks are there and well sealed is their owner's affair: a task that meets one
 * that is not ends without a result, and the owner is not paid.
 */
final class DatasetCheck {
  private DatasetCheck() {}

  /**
   * @param index where the index lies
   * @throws TeexException {@code BLOB_NOT_FOUND}, {@code BLOB_TAMPERED}, {@code MALFORMED} if the
   *     keys are of another shape
   */
  static void check(BlobStore blobs, Cid index, DatasetKeys keys, Bytes32 dataDigest) {
    SealedDataset sealed = SealedDataset.decode(blobs.get(index));
    keys.requireFits(sealed.shape());
    Bytes32 digest = sealed.dataDigest(keys.range());
    if (!digest.equals(dataDigest)) {
      throw new TeexException(
          ErrorCode.BLOB_TAMPERED,
          "chunks %s of the sealed data set are %s, the licence says %s"
              .formatted(keys.range(), digest, dataDigest));
    }
    for (int sample : keys.samples(sealed.shape())) {
      Cid chunk = new Cid(Cid.Codec.RAW, sealed.chunkDigest(sample));
      sealed.requireSealedWith(keys, sample, blobs.get(chunk));
    }
  }
}
