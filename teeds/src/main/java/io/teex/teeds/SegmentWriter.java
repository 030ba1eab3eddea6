package io.teex.teeds;

import io.teex.protocol.Bytes;
import java.io.IOException;
import java.util.Arrays;
import java.util.random.RandomGenerator;

/**
 * Writes one segment of the sealed log. After a failed {@link #append} it must not be used again:
 * the record may be on disk in whole or in part, and another record under the same number would
 * repeat a nonce.
 */
final class SegmentWriter implements AutoCloseable {
  private final Disk.Appender file;
  private final ShardKey key;
  private final SegmentHeader header;
  private final FileSeal seal;
  private Position position;
  private long bytes;
  private boolean failed;

  private SegmentWriter(
      Disk.Appender file, ShardKey key, SegmentHeader header, FileSeal seal, Position position) {
    this.file = file;
    this.key = key;
    this.header = header;
    this.seal = seal;
    this.position = position;
    this.bytes = SegmentHeader.SEALED_BYTES;
  }

  /**
   * Makes a segment that continues the log after a position; durable when it returns.
   *
   * @param epoch of this start of the replica
   * @param random draws the instance: cryptographically strong outside of tests
   */
  static SegmentWriter create(
      Disk disk, ShardKey key, long epoch, long number, Position after, RandomGenerator random)
      throws IOException {
    byte[] instance = new byte[FileSeal.INSTANCE_BYTES];
    random.nextBytes(instance);
    SegmentHeader header = new SegmentHeader(epoch, number, after, Bytes.of(instance));
    FileSeal seal = header.seal(key);
    byte[] sealed = header.encode(key, seal);
    String name = FileNames.segment(number);
    String draft = FileNames.draft(name);
    Disk.Appender file = disk.create(draft);
    try {
      file.append(sealed, sealed.length);
      file.sync();
      disk.publish(draft, name);
    } catch (IOException e) {
      file.close();
      throw e;
    }
    Position start = new Position(after.index(), SegmentHeader.tagOf(sealed));
    return new SegmentWriter(file, key, header, seal, start);
  }

  /** Adds one record; durable when it returns. */
  void append(byte[] plain) throws IOException {
    if (failed) {
      throw new IllegalStateException("a failed segment is not written to again");
    }
    failed = true;
    RecordHeader record = new RecordHeader(plain.length, position.index() + 1);
    byte[] all = new byte[record.totalBytes()];
    record.encode(all);
    seal.seal(
        FileSeal.Part.RECORD,
        record.index(),
        record.aad(key, header, position),
        plain,
        all,
        RecordHeader.BYTES);
    file.append(all, all.length);
    file.sync();
    Bytes tag = Bytes.of(Arrays.copyOfRange(all, all.length - FileSeal.TAG_BYTES, all.length));
    position = new Position(record.index(), tag);
    bytes += all.length;
    failed = false;
  }

  Position position() {
    return position;
  }

  long number() {
    return header.number();
  }

  /** Size of the file. */
  long bytes() {
    return bytes;
  }

  boolean hasRecords() {
    return position.index() > header.after().index();
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
