package io.teex.teeds;

import io.teex.protocol.Bytes;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.TeexException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The first bytes of a segment of the log, in the clear but authenticated by a tag with which the
 * chain goes on. It says what the segment follows, and thereby where its predecessor ends: what the
 * predecessor has beyond was never acknowledged.
 *
 * @param epoch of the start that wrote the segment
 * @param number of the segment, 1 for the first
 * @param after the position that it continues
 * @param instance makes its key unique, 32 bytes
 */
record SegmentHeader(long epoch, long number, Position after, Bytes instance) {
  static final int BYTES = 8 + 4 + 3 * 8 + FileSeal.TAG_BYTES + FileSeal.INSTANCE_BYTES;
  static final int SEALED_BYTES = BYTES + FileSeal.TAG_BYTES;

  private static final byte[] MAGIC = "TEEXLOG1".getBytes(StandardCharsets.US_ASCII);
  private static final String PURPOSE = "log";

  /** Where the chain is after the header. */
  record Opened(SegmentHeader header, FileSeal seal, Position position) {}

  FileSeal seal(ShardKey key) {
    return FileSeal.of(key, PURPOSE, epoch, instance.copy());
  }

  byte[] encode(ShardKey key, FileSeal seal) {
    byte[] plain =
        new ByteWriter(SEALED_BYTES)
            .raw(MAGIC)
            .u32(key.epoch())
            .u64(epoch)
            .u64(number)
            .u64(after.index())
            .raw(after.tag())
            .raw(instance)
            .toArray();
    byte[] sealed = Arrays.copyOf(plain, SEALED_BYTES);
    seal.seal(FileSeal.Part.HEADER, 0, plain, new byte[0], sealed, BYTES);
    return sealed;
  }

  /**
   * @throws TeexException {@code STORE_CORRUPT} unless it is the header that this shard's key
   *     sealed for segment {@code number}
   */
  static Opened open(ShardKey key, long number, byte[] sealed) {
    String what = "the header of log segment " + number;
    ByteReader in = new ByteReader(sealed);
    if (!Arrays.equals(in.raw(MAGIC.length), MAGIC)) {
      throw new TeexException(ErrorCode.STORE_CORRUPT, what + " is not one of this version");
    }
    int keyEpoch = in.u32();
    if (keyEpoch != key.epoch()) {
      throw new TeexException(
          ErrorCode.STORE_CORRUPT,
          "%s names key epoch %d, the key given is of epoch %d"
              .formatted(what, keyEpoch, key.epoch()));
    }
    long epoch = in.u64();
    long namedNumber = in.u64();
    Position after = new Position(in.u64(), in.bytes(FileSeal.TAG_BYTES));
    SegmentHeader header =
        new SegmentHeader(epoch, namedNumber, after, in.bytes(FileSeal.INSTANCE_BYTES));
    FileSeal seal = header.seal(key);
    seal.open(
        FileSeal.Part.HEADER,
        0,
        Arrays.copyOf(sealed, BYTES),
        Arrays.copyOfRange(sealed, BYTES, SEALED_BYTES),
        what);
    if (namedNumber != number) {
      throw new TeexException(
          ErrorCode.STORE_CORRUPT,
          "log segment %d lies under the name of %d".formatted(namedNumber, number));
    }
    return new Opened(header, seal, new Position(after.index(), tagOf(sealed)));
  }

  static Bytes tagOf(byte[] sealed) {
    return Bytes.of(Arrays.copyOfRange(sealed, sealed.length - FileSeal.TAG_BYTES, sealed.length));
  }
}
