package io.teex.dispatcher;

import io.teex.protocol.Bytes;
import java.util.List;
import java.util.Optional;

/** TEE-DS as far as a dispatcher needs it. */
interface Store {
  record Entry(Bytes key, byte[] value, long revision) {}

  sealed interface Expected {
    record Revision(Bytes key, long revision) implements Expected {}

    record Value(Bytes key, byte[] value) implements Expected {}
  }

  sealed interface Change {
    record Put(Bytes key, byte[] value) implements Change {}

    record Delete(Bytes key) implements Change {}
  }

  Optional<Kept<byte[]>> get(Bytes key);

  List<Entry> scan(Bytes prefix);

  long write(List<Expected> expected, List<Change> changes);
}
