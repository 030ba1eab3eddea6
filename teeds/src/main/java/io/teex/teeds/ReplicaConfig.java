package io.teex.teeds;

/**
 * How a replica works.
 *
 * @param batchBytes commands that wait are written as one record up to about this size
 * @param queueBytesMax of commands that wait; more callers block
 * @param snapshotLogBytes the log is cut by a snapshot when it exceeds this and the state's own
 *     size
 */
record ReplicaConfig(int batchBytes, long queueBytesMax, long snapshotLogBytes) {
  static final ReplicaConfig DEFAULT = new ReplicaConfig(256 << 10, 32L << 20, 32L << 20);

  ReplicaConfig {
    if (batchBytes < 1 || queueBytesMax < 1 || snapshotLogBytes < 1) {
      throw new IllegalArgumentException("sizes must be positive");
    }
  }
}
