package io.teex.teeds;

import io.teex.protocol.Bytes;

/**
 * Where the log has got to: everything up to here is fixed by the tag.
 *
 * @param index of the last record, 0 before the first
 * @param tag of the last sealed part of the chain, 16 bytes
 */
record Position(long index, Bytes tag) {
  static final Position START = new Position(0, Bytes.of(new byte[FileSeal.TAG_BYTES]));
}
