package io.teex.attestation;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Remembers what was used last, so that no peer can fill the memory. Safe for use by several
 * threads.
 *
 * <p>Of verifications it remembers what was found to be true, by the digest of everything that it
 * was found from, so that it could only be found again. Nothing that depends on the time belongs
 * here, nor what was found false: whoever sends rubbish would drive out what is of use.
 */
public final class Recent<K, V> {
  private final int max;
  private final LinkedHashMap<K, V> values = new LinkedHashMap<>(16, 0.75f, true);

  /**
   * @param max how many to remember; who was not asked for the longest is forgotten first
   */
  public Recent(int max) {
    this.max = max;
  }

  /** A costly way to a value. */
  @FunctionalInterface
  public interface Step<V, E extends Exception> {
    V take() throws E;
  }

  public synchronized Optional<V> find(K key) {
    return Optional.ofNullable(values.get(key));
  }

  public synchronized void put(K key, V value) {
    values.put(key, value);
    if (values.size() > max) {
      values.remove(values.firstEntry().getKey());
    }
  }

  /** What is remembered, or else what the step gives, which is remembered unless it throws. */
  public <E extends Exception> V get(K key, Step<V, E> step) throws E {
    Optional<V> known = find(key);
    if (known.isPresent()) {
      return known.get();
    }
    // Outside of the lock: two threads may do the same work, but none waits for another's.
    V value = step.take();
    put(key, value);
    return value;
  }

  public synchronized Map<K, V> all() {
    return Map.copyOf(values);
  }

  public synchronized void remove(K key) {
    values.remove(key);
  }
}
