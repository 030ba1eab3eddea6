package io.teex.protocol;

import java.util.List;

/**
 * On what terms a data set may be used; made by its owner.
 *
 * @param dataDigest {@link SealedDataset#dataDigest}: a sealed data set, and which range of it
 * @param images digests of the only service images that may see the data
 * @param users the only ones who may order; empty for anybody
 * @param purpose that the order must state; empty for any
 * @param usesMax tasks in total
 * @param notBefore seconds since the epoch
 * @param expiry seconds since the epoch after which no key is released
 * @param outputBytesPerTask the most that one order's output cap may be
 * @param outputBytesTotal the most that all outputs together may be, whichever of the images made
 *     them; every task takes {@link SideChannels#TASK_BYTES} more than its output cap
 * @param salt random, so that the digest tells nothing about the terms
 */
public record Licence(
    Address owner,
    Bytes32 dataDigest,
    List<Bytes32> images,
    List<Address> users,
    String purpose,
    Amount pricePerUse,
    long usesMax,
    long notBefore,
    long expiry,
    long outputBytesPerTask,
    long outputBytesTotal,
    Bytes32 salt) {
  public Licence {
    Require.uint64("uses", usesMax);
    Require.uint64("not before", notBefore);
    Require.uint64("expiry", expiry);
    Require.uint64("output bytes per task", outputBytesPerTask);
    Require.uint64("output bytes in total", outputBytesTotal);
    images = List.copyOf(images);
    users = List.copyOf(users);
  }

  /** The struct hash: the same on every chain. */
  public Bytes32 digest() {
    return TypedData.structHash(this);
  }
}
