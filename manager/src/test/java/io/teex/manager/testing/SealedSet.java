package io.teex.manager.testing;

import io.teex.blobs.BlobStore;
import io.teex.protocol.Bytes32;
import io.teex.protocol.ChunkRange;
import io.teex.protocol.DatasetKeys;
import io.teex.protocol.DatasetShape;
import io.teex.protocol.SealedDataset;
import io.teex.protocol.SecretBytes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * A data set that was sealed into a blob store, in the smallest chunks.
 *
 * @param cid of the index
 * @param chunks where the chunks lie
 */
public record SealedSet(SealedDataset index, SecretBytes key, String cid, List<String> chunks) {
  public static final int CHUNK = DatasetShape.CHUNK_BYTES_MIN;

  /** Seals under a key; the same randomness makes the same bytes. */
  public static SealedSet store(
      BlobStore blobs, SecretBytes key, byte[] content, RandomGenerator random) {
    DatasetShape shape = new DatasetShape(content.length, CHUNK);
    List<String> chunks = new ArrayList<>();
    SealedDataset index =
        SealedDataset.seal(
            key,
            shape,
            i -> Arrays.copyOfRange(content, i * CHUNK, i * CHUNK + shape.chunkSize(i)),
            (i, sealed) -> chunks.add(blobs.put(sealed).toString()),
            random);
    return new SealedSet(index, key, blobs.put(index.encode().copy()).toString(), chunks);
  }

  public Bytes32 digest() {
    return index.dataDigest(index.shape().whole());
  }

  public DatasetKeys keys() {
    return index.keys(key);
  }

  public DatasetKeys keys(ChunkRange range) {
    return keys().narrow(index.shape(), range);
  }
}
