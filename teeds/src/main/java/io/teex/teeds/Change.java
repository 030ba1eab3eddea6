package io.teex.teeds;

import io.teex.protocol.Bytes;

/** What a transaction does to a key. */
public sealed interface Change {
  Bytes key();

  static Change put(Bytes key, Bytes value) {
    return new Put(key, value);
  }

  static Change delete(Bytes key) {
    return new Delete(key);
  }

  /** Gives the key a value. */
  record Put(Bytes key, Bytes value) implements Change {
    @Override
    public String toString() {
      return "Put[key of %d bytes, value of %d bytes]".formatted(key.size(), value.size());
    }
  }

  /** Removes the key, if it is there. */
  record Delete(Bytes key) implements Change {}
}
