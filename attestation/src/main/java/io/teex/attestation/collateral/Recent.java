package io.teex.attestation.collateral;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Remembers the values that were used last, so that no peer can fill the memory. */
final class Recent<K, V> {
  private final int max;
  private final LinkedHashMap<K, V> values = new LinkedHashMap<>(16, 0.75f, true);

  Recent(int max) {
    this.max = max;
  }

  synchronized Optional<V> find(K key) {
    return Optional.ofNullable(values.get(key));
  }

  synchronized void put(K key, V value) {
    values.put(key, value);
    if (values.size() > max) {
      values.remove(values.firstEntry().getKey());
    }
  }

  synchronized Map<K, V> all() {
    return Map.copyOf(values);
  }

  synchronized void remove(K key) {
    values.remove(key);
  }
}
