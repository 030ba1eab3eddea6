package io.teex.executor;

import io.teex.protocol.SecretBytes;
import java.util.Objects;

/** A data set small enough to be in memory as a whole. */
record MemoryDataset(SecretBytes bytes) implements Dataset {
  @Override
  public long size() {
    return bytes.size();
  }

  @Override
  public SecretBytes read(long offset, int length) {
    int from = Math.toIntExact(Objects.checkFromIndexSize(offset, length, bytes.size()));
    byte[] range = new byte[length];
    bytes.exposeTo(all -> System.arraycopy(all, from, range, 0, length));
    return SecretBytes.owned(range);
  }

  @Override
  public void close() {
    bytes.close();
  }
}
