package io.teex.sdk;

import io.teex.blobs.BlobStore;
import io.teex.blobs.Cid;
import io.teex.protocol.ChunkRange;
import io.teex.protocol.DatasetKeys;
import io.teex.protocol.DatasetShape;
import io.teex.protocol.SealedDataset;
import io.teex.protocol.SecretBytes;
import java.util.random.RandomGenerator;

/**
 * A data set that lies sealed in the blob store, with the key that opens all of it. Closing it
 * overwrites the key: whoever wants to license more ranges later keeps it open, or seals anew.
 */
public final class StoredDataset implements AutoCloseable {
  private final SealedDataset index;
  private final Cid cid;
  private final SecretBytes key;

  private StoredDataset(SealedDataset index, Cid cid, SecretBytes key) {
    this.index = index;
    this.cid = cid;
    this.key = key;
  }

  /** Seals under a fresh key and stores, chunk by chunk, the index last. */
  static StoredDataset store(
      DataSource source, int chunkBytes, BlobStore blobs, RandomGenerator random) {
    DatasetShape shape = new DatasetShape(source.size(), chunkBytes);
    SecretBytes key = SecretBytes.random(random, 32);
    try {
      SealedDataset index =
          SealedDataset.seal(
              key,
              shape,
              chunk -> source.read((long) chunk * chunkBytes, shape.chunkSize(chunk)),
              (chunk, sealed) -> blobs.put(sealed),
              random);
      return new StoredDataset(index, blobs.put(index.encode().copy()), key);
    } catch (RuntimeException | Error e) {
      key.close();
      throw e;
    }
  }

  public DatasetShape shape() {
    return index.shape();
  }

  SealedDataset index() {
    return index;
  }

  /** Where the index lies. */
  Cid cid() {
    return cid;
  }

  /** What opens a range and nothing else. */
  DatasetKeys keys(ChunkRange range) {
    try (DatasetKeys all = index.keys(key)) {
      return all.narrow(index.shape(), range);
    }
  }

  @Override
  public void close() {
    key.close();
  }

  @Override
  public String toString() {
    return "StoredDataset[%s, %s]".formatted(cid, index);
  }
}
