package io.teex.teeds;

import io.teex.protocol.Bytes;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.TeexException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Reads one snapshot and believes nothing of it that its manifest does not say. */
final class SnapshotReader {
  private final Disk.Source file;
  private final long index;
  private final FileSeal seal;
  private final Bytes headerTag;
  private final List<Entry> entries = new ArrayList<>();
  private final List<StateMachine.Remembered> requests = new ArrayList<>();

  private SnapshotReader(Disk.Source file, long index, FileSeal seal, Bytes headerTag) {
    this.file = file;
    this.index = index;
    this.seal = seal;
    this.headerTag = headerTag;
  }

  /** A snapshot and the epoch of the start that wrote it. */
  record Loaded(Snapshot snapshot, long epoch) {}

  /**
   * @throws TeexException {@code STORE_CORRUPT} unless it is whole and this shard's key sealed it
   */
  static Loaded read(Disk disk, ShardKey key, long index) throws IOException {
    try (Disk.Source file = disk.open(FileNames.snapshot(index))) {
      if (file.size() < SnapshotFormat.SEALED_HEADER_BYTES + SnapshotFormat.SEALED_MANIFEST_BYTES) {
        throw corrupt(index, "is too short");
      }
      byte[] sealed = file.read(0, SnapshotFormat.SEALED_HEADER_BYTES);
      SnapshotFormat.Header header = SnapshotFormat.Header.decode(key, index, sealed);
      SnapshotReader reader =
          new SnapshotReader(file, index, header.seal(key), SegmentHeader.tagOf(sealed));
      return new Loaded(reader.read(), header.epoch());
    }
  }

  private Snapshot read() throws IOException {
    long end = file.size() - SnapshotFormat.SEALED_MANIFEST_BYTES;
    SnapshotFormat.Manifest manifest = manifest(end);
    long at = SnapshotFormat.SEALED_HEADER_BYTES;
    for (long number = 0; number < manifest.blocks(); number++) {
      at = block(at, end, number);
    }
    if (at != end
        || entries.size() != manifest.entries()
        || requests.size() != manifest.requests()) {
      throw corrupt(index, "holds something else than its manifest says");
    }
    View view = new View(OrderedMap.ofSorted(entries), manifest.revision());
    return new Snapshot(manifest.position(), manifest.segment(), view, requests);
  }

  private SnapshotFormat.Manifest manifest(long at) throws IOException {
    byte[] plain =
        seal.open(
            FileSeal.Part.MANIFEST,
            0,
            SnapshotFormat.manifestAad(headerTag),
            file.read(at, SnapshotFormat.SEALED_MANIFEST_BYTES),
            "the manifest of snapshot " + index);
    return SnapshotFormat.Manifest.decode(plain, index);
  }

  private long block(long at, long end, long number) throws IOException {
    if (end - at < 4) {
      throw corrupt(index, "ends before block " + number);
    }
    int plainBytes = new ByteReader(file.read(at, 4)).u32();
    long sealedBytes = (long) plainBytes + FileSeal.TAG_BYTES;
    if (plainBytes < 0 || sealedBytes > end - at - 4) {
      throw corrupt(index, "ends in block " + number);
    }
    byte[] plain =
        seal.open(
            FileSeal.Part.BLOCK,
            number,
            SnapshotFormat.blockAad(headerTag, number, plainBytes),
            file.read(at + 4, (int) sealedBytes),
            "block %d of snapshot %d".formatted(number, index));
    ByteReader in = new ByteReader(plain);
    while (!in.atEnd()) {
      int kind = in.u8();
      switch (kind) {
        case SnapshotFormat.ENTRY -> entries.add(SnapshotFormat.readEntry(in));
        case SnapshotFormat.REQUEST -> requests.add(SnapshotFormat.readRequest(in));
        default -> throw ByteReader.malformed("snapshot record of kind " + kind);
      }
    }
    return at + 4 + sealedBytes;
  }

  private static TeexException corrupt(long index, String what) {
    return new TeexException(ErrorCode.STORE_CORRUPT, "snapshot %d %s".formatted(index, what));
  }
}
