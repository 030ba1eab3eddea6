package io.teex.teeds;

import io.teex.protocol.Bytes;

/**
 * A key and its value.
 *
 * @param revision of the store by the change that made the value, at least 1
 */
public record Entry(Bytes key, Bytes value, long revision) {
  public Entry {
    if (revision < 1) {
      throw new IllegalArgumentException("revision must be positive: " + revision);
    }
  }

  /** Sizes only: values are not for logs. */
  @Override
  public String toString() {
    return "Entry[key of %d bytes, value of %d bytes, revision %d]"
        .formatted(key.size(), value.size(), revision);
  }
}
