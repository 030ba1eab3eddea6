package io.teex.worker;

import io.teex.blobs.BlobStore;
import io.teex.blobs.Cid;
import io.teex.executor.Dataset;
import io.teex.protocol.DatasetKeys;
import io.teex.protocol.SealedDataset;
import io.teex.protocol.SecretBytes;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * The licensed range of a sealed data set, as a guest reads it: a data set of its own that begins
 * at 0. A chunk is opened when a guest first reads of it, and a bounded number of them stays open.
 *
 * <p>Which chunks a guest reads may tell of its input, and a blob store sees what it is asked for.
 * So a range that is small is fetched whole, sealed, before the guest begins ({@link #fetch}); of a
 * larger one the store sees the chunks ({@code docs/sealed-data.md}).
 */
final class SealedRange implements Dataset {
  private static final int OPEN_BYTES_MAX = 4 << 20;

  private final BlobStore blobs;
  private final SealedDataset index;
  private final DatasetKeys keys;
  private final Map<Integer, byte[]> fetched = new HashMap<>();
  private final LinkedHashMap<Integer, SecretBytes> open = new LinkedHashMap<>(16, 0.75f, true);

  /**
   * @param keys fit the index; closed with this
   */
  SealedRange(BlobStore blobs, SealedDataset index, DatasetKeys keys) {
    this.blobs = blobs;
    this.index = index;
    this.keys = keys;
  }

  /**
   * Fetches all chunks in order, so that no store learns which of them are read.
   *
   * @throws io.teex.protocol.TeexException as {@link BlobStore#get}
   */
  void fetch() {
    for (int chunk = keys.range().from(); chunk < keys.range().to(); chunk++) {
      fetched.put(chunk, stored(chunk));
    }
  }

  @Override
  public long size() {
    return index.shape().size(keys.range());
  }

  /**
   * @throws io.teex.protocol.TeexException {@code BLOB_NOT_FOUND}, {@code BLOB_TAMPERED}, {@code
   *     UNAVAILABLE}: a chunk cannot be had, or is not the one that was licensed
   */
  @Override
  public SecretBytes read(long offset, int length) {
    Objects.checkFromIndexSize(offset, length, size());
    int chunkBytes = index.shape().chunkBytes();
    byte[] range = new byte[length];
    int done = 0;
    while (done < length) {
      long at = offset + done;
      int chunk = keys.range().from() + (int) (at / chunkBytes);
      int within = (int) (at % chunkBytes);
      int count = Math.min(length - done, index.shape().chunkSize(chunk) - within);
      int to = done;
      opened(chunk).exposeTo(plain -> System.arraycopy(plain, within, range, to, count));
      done += count;
    }
    return SecretBytes.owned(range);
  }

  private SecretBytes opened(int chunk) {
    SecretBytes known = open.get(chunk);
    if (known != null) {
      return known;
    }
    byte[] ahead = fetched.get(chunk);
    SecretBytes plain = index.open(keys, chunk, ahead == null ? stored(chunk) : ahead);
    open.put(chunk, plain);
    if ((long) open.size() * index.shape().chunkBytes() > OPEN_BYTES_MAX) {
      var oldest = open.entrySet().iterator();
      oldest.next().getValue().close();
      oldest.remove();
    }
    return plain;
  }

  private byte[] stored(int chunk) {
    return blobs.get(new Cid(Cid.Codec.RAW, index.chunkDigest(chunk)));
  }

  /** Overwrites what is open, and the keys. */
  @Override
  public void close() {
    open.values().forEach(SecretBytes::close);
    keys.close();
    fetched.clear();
  }
}
