package io.teex.teeds;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;

/**
 * What stands before each sealed record of a segment: its size and index with a checksum. The
 * checksum is no security, the record's tag covers the same fields; it tells a damaged size from a
 * record that was cut short, and so never lets damage pass for a torn tail.
 *
 * @param plainBytes of the record, before sealing
 */
record RecordHeader(int plainBytes, long index) {
  static final int BYTES = 4 + 8 + 4;

  /** Of a record and its tag, without this header. */
  int sealedBytes() {
    return plainBytes + FileSeal.TAG_BYTES;
  }

  /** Of everything that the record takes in the file. */
  int totalBytes() {
    return BYTES + sealedBytes();
  }

  void encode(byte[] target) {
    ByteBuffer.wrap(target).putInt(plainBytes).putLong(index).putInt(checksum());
  }

  private int checksum() {
    CRC32C crc = new CRC32C();
    crc.update(ByteBuffer.allocate(12).putInt(plainBytes).putLong(index).flip());
    return (int) crc.getValue();
  }

  /** Whether the bytes are a header that {@link #encode} wrote for some size and {@code index}. */
  static boolean isIntact(byte[] bytes, long index) {
    ByteBuffer in = ByteBuffer.wrap(bytes);
    RecordHeader header = new RecordHeader(in.getInt(), in.getLong());
    return header.plainBytes >= 0
        && header.plainBytes <= Integer.MAX_VALUE - BYTES - FileSeal.TAG_BYTES
        && header.index == index
        && header.checksum() == in.getInt();
  }

  static RecordHeader decode(byte[] bytes) {
    ByteBuffer in = ByteBuffer.wrap(bytes);
    return new RecordHeader(in.getInt(), in.getLong());
  }

  /** What the record's tag covers besides its content: its place in the one chain. */
  byte[] aad(ShardKey key, SegmentHeader segment, Position before) {
    return new ByteWriter(128)
        .sized(key.shard().getBytes(StandardCharsets.US_ASCII))
        .u32(key.epoch())
        .u64(segment.epoch())
        .u64(segment.number())
        .u64(index)
        .u32(plainBytes)
        .raw(before.tag())
        .toArray();
  }
}
