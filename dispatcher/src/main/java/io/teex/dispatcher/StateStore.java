package io.teex.dispatcher;

import io.teex.protocol.Bytes;
import java.util.List;
import java.util.Optional;

/**
 * TEE-DS as far as a dispatcher needs it. Every call may fail with {@code UNAVAILABLE}; after that
 * a write may or may not have happened, or may still happen.
 */
public interface StateStore {
  record Entry(Bytes key, byte[] value, long revision) {}

  /** What a write expects to find, or does not happen. */
  sealed interface Expected {
    /**
     * @param revision that wrote what is there; 0 if nothing is
     */
    record Revision(Bytes key, long revision) implements Expected {}

    record Value(Bytes key, byte[] value) implements Expected {}
  }

  sealed interface Change {
    record Put(Bytes key, byte[] value) implements Change {}

    record Delete(Bytes key) implements Change {}
  }

  Optional<Kept<byte[]>> get(Bytes key);

  /** All entries whose keys begin with {@code prefix}, in the order of the keys. */
  List<Entry> scan(Bytes prefix);

  /**
   * Makes all changes or none, durably.
   *
   * @return the revision of the write
   * @throws io.teex.protocol.TeexException {@code STORE_CONFLICT} if something else is there than
   *     expected
   */
  long write(List<Expected> expected, List<Change> changes);
}
