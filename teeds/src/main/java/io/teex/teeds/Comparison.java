package io.teex.teeds;

import io.teex.protocol.Bytes;

/** What a transaction expects of a key. */
public sealed interface Comparison {
  Bytes key();

  /**
   * The key was last changed at a revision.
   *
   * @param revision 0 if the key is expected to be absent
   */
  record AtRevision(Bytes key, long revision) implements Comparison {
    public AtRevision {
      if (revision < 0) {
        throw new IllegalArgumentException("revision must not be negative: " + revision);
      }
    }
  }

  /** The key has a value. */
  record HasValue(Bytes key, Bytes value) implements Comparison {
    @Override
    public String toString() {
      return "HasValue[key of %d bytes, value of %d bytes]".formatted(key.size(), value.size());
    }
  }
}
