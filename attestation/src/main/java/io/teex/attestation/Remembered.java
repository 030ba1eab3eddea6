package io.teex.attestation;

import io.teex.protocol.Bytes32;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What was found to be true of bytes, by their digest: costly signatures that can only be answered
 * the same way again. Nothing that depends on the time belongs here, nor anything that was found
 * false, since anybody can make more of that. Bounded, and safe for use by several threads.
 */
public final class Remembered<T> {
  private static final int ENTRIES_MAX = 1_024;

  private final Map<Bytes32, T> entries = new ConcurrentHashMap<>();

  public Optional<T> find(Bytes32 digest) {
    return Optional.ofNullable(entries.get(digest));
  }

  /** Forgets everything else first where there is too much. */
  public void put(Bytes32 digest, T found) {
    if (entries.size() >= ENTRIES_MAX) {
      entries.clear();
    }
    entries.put(digest, found);
  }
}
