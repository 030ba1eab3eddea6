package io.teex.teeds;

import io.teex.protocol.Bytes;
import io.teex.protocol.Bytes32;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.TeexException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A snapshot file: a header in the clear with its tag; sealed blocks, each with its size before it;
 * and a sealed manifest of known size. Every part is bound to the header by key and tag, and to its
 * place by its number; the manifest says how many blocks there are.
 */
final class SnapshotFormat {
  static final int HEADER_BYTES = 8 + 4 + 8 + 8 + FileSeal.INSTANCE_BYTES;
  static final int SEALED_HEADER_BYTES = HEADER_BYTES + FileSeal.TAG_BYTES;
  static final int MANIFEST_BYTES = 5 * 8 + FileSeal.TAG_BYTES;
  static final int SEALED_MANIFEST_BYTES = MANIFEST_BYTES + FileSeal.TAG_BYTES;

  /** First byte of each record in a block. */
  static final int ENTRY = 1;

  static final int REQUEST = 2;

  private static final byte[] MAGIC = "TEEXSNP1".getBytes(StandardCharsets.US_ASCII);
  private static final String PURPOSE = "snapshot";

  private SnapshotFormat() {}

  /**
   * @param epoch of the start that wrote it
   * @param index of the last log record that is in it
   */
  record Header(long epoch, long index, Bytes instance) {
    FileSeal seal(ShardKey key) {
      return FileSeal.of(key, PURPOSE, epoch, instance.copy());
    }

    byte[] encode(ShardKey key, FileSeal seal) {
      byte[] plain =
          new ByteWriter(HEADER_BYTES)
              .raw(MAGIC)
              .u32(key.epoch())
              .u64(epoch)
              .u64(index)
              .raw(instance)
              .toArray();
      byte[] sealed = Arrays.copyOf(plain, SEALED_HEADER_BYTES);
      seal.seal(FileSeal.Part.HEADER, 0, plain, new byte[0], sealed, HEADER_BYTES);
      return sealed;
    }

    static Header decode(ShardKey key, long index, byte[] sealed) {
      String what = "the header of snapshot " + index;
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
      Header header = new Header(in.u64(), in.u64(), in.bytes(FileSeal.INSTANCE_BYTES));
      header
          .seal(key)
          .open(
              FileSeal.Part.HEADER,
              0,
              Arrays.copyOf(sealed, HEADER_BYTES),
              Arrays.copyOfRange(sealed, HEADER_BYTES, SEALED_HEADER_BYTES),
              what);
      if (header.index() != index) {
        throw new TeexException(
            ErrorCode.STORE_CORRUPT,
            "snapshot %d lies under the name of %d".formatted(header.index(), index));
      }
      return header;
    }
  }

  /**
   * What makes the blocks a whole.
   *
   * @param position of the log that the snapshot reflects
   * @param segment that continues the log from there
   */
  record Manifest(
      long blocks, long entries, long requests, Position position, long segment, long revision) {
    byte[] encode() {
      return new ByteWriter(MANIFEST_BYTES)
          .u64(blocks)
          .u64(entries)
          .u64(requests)
          .raw(position.tag())
          .u64(segment)
          .u64(revision)
          .toArray();
    }

    static Manifest decode(byte[] plain, long index) {
      ByteReader in = new ByteReader(plain);
      return new Manifest(
          in.u64(),
          in.u64(),
          in.u64(),
          new Position(index, in.bytes(FileSeal.TAG_BYTES)),
          in.u64(),
          in.u64());
    }
  }

  static void writeEntry(ByteWriter out, Entry entry) {
    out.sized(entry.key()).sized(entry.value()).u64(entry.revision());
  }

  static Entry readEntry(ByteReader in) {
    return new Entry(in.sized(), in.sized(), in.u64());
  }

  static void writeRequest(ByteWriter out, StateMachine.Remembered request) {
    TransactionResult result = request.result();
    out.raw(request.id().value()).raw(request.digest().value());
    out.u8(result.succeeded() ? 1 : 0).u64(result.revision()).u32(result.seen().size());
    result.seen().forEach(entry -> writeEntry(out, entry));
  }

  static StateMachine.Remembered readRequest(ByteReader in) {
    RequestId id = new RequestId(in.bytes(RequestId.SIZE));
    Bytes32 digest = new Bytes32(in.bytes(Bytes32.SIZE));
    boolean succeeded = in.u8() == 1;
    long revision = in.u64();
    List<Entry> seen = new ArrayList<>();
    for (int count = in.u32(); count > 0; count--) {
      seen.add(readEntry(in));
    }
    return new StateMachine.Remembered(
        id, digest, new TransactionResult(succeeded, revision, seen));
  }

  static byte[] blockAad(Bytes headerTag, long number, int plainBytes) {
    return new ByteWriter(64).raw(headerTag).u64(number).u32(plainBytes).toArray();
  }

  static byte[] manifestAad(Bytes headerTag) {
    return headerTag.copy();
  }
}
