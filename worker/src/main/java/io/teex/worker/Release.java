package io.teex.worker;

import io.teex.blobs.Cid;
import io.teex.protocol.Bytes32;
import io.teex.protocol.SecretBytes;
import java.util.List;

/**
 * The keys of one attempt of one task. Closing it overwrites them.
 *
 * @param image where the sealed image lies
 * @param datasets in the order's order
 * @param seed of the task's randomness, the same for every attempt
 */
record Release(Cid image, SecretBytes imageKey, List<Data> datasets, SecretBytes seed)
    implements AutoCloseable {

  /**
   * @param cid of its index
   * @param keys {@link io.teex.protocol.DatasetKeys} of the licensed range, encoded
   * @param outputBytesMax the most that the task may write under the licence
   */
  record Data(Cid cid, SecretBytes keys, Bytes32 digest, long outputBytesMax) {}

  Release {
    datasets = List.copyOf(datasets);
  }

  /** The most that the task may write under order and licences. */
  long outputBytesMax(long orderBytesMax) {
    return datasets.stream().mapToLong(Data::outputBytesMax).reduce(orderBytesMax, Math::min);
  }

  @Override
  public void close() {
    imageKey.close();
    datasets.forEach(data -> data.keys().close());
    seed.close();
  }
}
