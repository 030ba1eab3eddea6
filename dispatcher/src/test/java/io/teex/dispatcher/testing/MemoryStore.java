package io.teex.dispatcher.testing;

import io.teex.dispatcher.Kept;
import io.teex.dispatcher.StateStore;
import io.teex.protocol.Bytes;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.TeexException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/** A store in memory. It outlives the dispatchers that use it, as TEE-DS does. */
public final class MemoryStore implements StateStore {
  private final TreeMap<Bytes, Kept<byte[]>> entries = new TreeMap<>();
  private long revision;
  private long writes;

  /** How many writes happened. */
  public synchronized long writes() {
    return writes;
  }

  @Override
  public synchronized Optional<Kept<byte[]>> get(Bytes key) {
    return Optional.ofNullable(entries.get(key));
  }

  @Override
  public synchronized List<Entry> scan(Bytes prefix) {
    List<Entry> found = new ArrayList<>();
    entries
        .tailMap(prefix, true)
        .forEach((key, kept) -> {
          if (key.size() >= prefix.size() && key.slice(0, prefix.size()).equals(prefix)) {
            found.add(new Entry(key, kept.value(), kept.revision()));
          }
        });
    return found;
  }

  @Override
  public synchronized long write(List<Expected> expected, List<Change> changes) {
    for (Expected each : expected) {
      if (!holds(each)) {
        throw new TeexException(ErrorCode.STORE_CONFLICT, "not as expected: " + each);
      }
    }
    revision++;
    writes++;
    for (Change change : changes) {
      switch (change) {
        case Change.Put(Bytes key, byte[] value) -> entries.put(key, new Kept<>(value, revision));
        case Change.Delete(Bytes key) -> entries.remove(key);
      }
    }
    return revision;
  }

  private boolean holds(Expected expected) {
    return switch (expected) {
      case Expected.Revision(Bytes key, long wanted) ->
          get(key).map(Kept::revision).orElse(0L) == wanted;
      case Expected.Value(Bytes key, byte[] value) ->
          get(key).filter(kept -> Arrays.equals(kept.value(), value)).isPresent();
    };
  }
}
