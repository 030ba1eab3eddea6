package io.teex.worker;

import io.teex.blobs.BlobStore;
import io.teex.blobs.Cid;
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
record SealedSet(SealedDataset index, SecretBytes key, Cid cid, List<Cid> chunks) {
  static final int CHUNK = DatasetShape.CHUNK_BYTES_MIN;

  static SealedSet store(BlobStore blobs, byte[] content, RandomGenerator random) {
    SecretBytes key = SecretBytes.random(random, 32);
    DatasetShape shape = new DatasetShape(content.length, CHUNK);
    List<Cid> chunks = new ArrayList<>();
    SealedDataset index =
        SealedDataset.seal(
            key,
            shape,
            i -> Arrays.copyOfRange(content, i * CHUNK, i * CHUNK + shape.chunkSize(i)),
            (i, sealed) -> chunks.add(blobs.put(sealed)),
            random);
    return new SealedSet(index, key, blobs.put(index.encode().copy()), chunks);
  }

  DatasetKeys keys(ChunkRange range) {
    return index.keys(key).narrow(index.shape(), range);
  }
}
