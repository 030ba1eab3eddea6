package io.teex.attestation.intel;

import io.teex.protocol.Bytes32;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Remembers what was verified once, by the digest of everything that it was verified from, so that
 * it could only be answered the same way again. Failures are not kept: whoever sends rubbish would
 * drive out what is of use. When full it forgets what was not asked for the longest.
 */
final class BoundedCache<T> {
  private final Map<Bytes32, T> entries = new LinkedHashMap<>(16, 0.75f, true);
  private final int max;

  BoundedCache(int max) {
    this.max = max;
  }

  T get(Bytes32 key, Proof.Step<T> step) throws Refused {
    synchronized (entries) {
      T known = entries.get(key);
      if (known != null) {
        return known;
      }
    }
    // Outside of the lock: two threads may do the same work, but none waits for another's.
    T verified = step.take();
    synchronized (entries) {
      entries.put(key, verified);
      if (entries.size() > max) {
        entries.remove(entries.keySet().iterator().next());
      }
    }
    return verified;
  }

  int size() {
    synchronized (entries) {
      return entries.size();
    }
  }
}
