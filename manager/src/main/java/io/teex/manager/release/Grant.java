package io.teex.manager.release;

import io.teex.protocol.Bytes32;
import io.teex.protocol.SecretBytes;
import java.util.List;

/**
 * What one attempt of one task gets. Closing it overwrites this copy of the keys.
 *
 * @param imageKey opens the blob {@code imageCid}
 * @param seed of the task's randomness
 */
public record Grant(String imageCid, SecretBytes imageKey, List<Data> datasets, SecretBytes seed)
    implements AutoCloseable {
  /**
   * One data set, in the order's order.
   *
   * @param cid of its index
   * @param keys {@link io.teex.protocol.DatasetKeys} of the licensed range, encoded
   * @param dataDigest what index and range must be
   * @param outputBytesMax the most that the task may output under the licence
   */
  public record Data(String cid, SecretBytes keys, Bytes32 dataDigest, long outputBytesMax) {}

  public Grant {
    datasets = List.copyOf(datasets);
  }

  @Override
  public void close() {
    imageKey.close();
    datasets.forEach(data -> data.keys().close());
    seed.close();
  }
}
