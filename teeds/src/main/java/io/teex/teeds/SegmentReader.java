package io.teex.teeds;

import io.teex.protocol.ErrorCode;
import io.teex.protocol.TeexException;
import java.io.IOException;
import java.util.Optional;

/** Reads one segment of the sealed log, record by record, and checks each against the chain. */
final class SegmentReader implements AutoCloseable {
  private final Disk.Source file;
  private final ShardKey key;
  private final SegmentHeader header;
  private final FileSeal seal;
  private Position position;
  private long at = SegmentHeader.SEALED_BYTES;

  private SegmentReader(Disk.Source file, ShardKey key, SegmentHeader.Opened opened) {
    this.file = file;
    this.key = key;
    this.header = opened.header();
    this.seal = opened.seal();
    this.position = opened.position();
  }

  /**
   * @throws TeexException {@code STORE_CORRUPT} unless its header is authentic
   */
  static SegmentReader open(Disk disk, ShardKey key, long number) throws IOException {
    Disk.Source file = disk.open(FileNames.segment(number));
    try {
      // A segment gets its name once its header is durable, so a short one was cut by others.
      if (file.size() < SegmentHeader.SEALED_BYTES) {
        throw new TeexException(
            ErrorCode.STORE_CORRUPT, "log segment %d ends in its header".formatted(number));
      }
      byte[] sealed = file.read(0, SegmentHeader.SEALED_BYTES);
      return new SegmentReader(file, key, SegmentHeader.open(key, number, sealed));
    } catch (IOException | TeexException e) {
      file.close();
      throw e;
    }
  }

  SegmentHeader header() {
    return header;
  }

  /** After the last record that was read. */
  Position position() {
    return position;
  }

  /** Size of the file. */
  long bytes() {
    return file.size();
  }

  /**
   * The next record, which must be there.
   *
   * @throws TeexException {@code STORE_CORRUPT}
   */
  byte[] require() throws IOException {
    if (file.size() - at < RecordHeader.BYTES) {
      throw cut();
    }
    byte[] bytes = file.read(at, RecordHeader.BYTES);
    if (!RecordHeader.isIntact(bytes, position.index() + 1)) {
      throw damaged();
    }
    RecordHeader record = RecordHeader.decode(bytes);
    if (file.size() - at < record.totalBytes()) {
      throw cut();
    }
    byte[] sealed = file.read(at + RecordHeader.BYTES, record.sealedBytes());
    byte[] plain =
        seal.open(
            FileSeal.Part.RECORD,
            record.index(),
            record.aad(key, header, position),
            sealed,
            "log record " + record.index());
    at += record.totalBytes();
    position = new Position(record.index(), SegmentHeader.tagOf(sealed));
    return plain;
  }

  /**
   * The next record of the segment that was written last; empty at its end, where a record may
   * stand that was being written when the process or the machine died.
   *
   * @throws TeexException {@code STORE_CORRUPT}
   */
  Optional<byte[]> next() throws IOException {
    return TornTail.begins(file, at, position.index() + 1)
        ? Optional.empty()
        : Optional.of(require());
  }

  private TeexException damaged() {
    return new TeexException(
        ErrorCode.STORE_CORRUPT,
        "log segment %d has no intact record %d at byte %,d"
            .formatted(header.number(), position.index() + 1, at));
  }

  private TeexException cut() {
    return new TeexException(
        ErrorCode.STORE_CORRUPT,
        "log segment %d ends before record %d".formatted(header.number(), position.index() + 1));
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
