package io.teex.teeds;

import io.teex.protocol.Bytes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.random.RandomGenerator;

/** Writes one snapshot; it has its name only when all of it is durable. */
final class SnapshotWriter {
  /** A block is sealed when it has at least this much, so it has at most one record more. */
  private static final int BLOCK_BYTES = 256 << 10;

  private final Disk.Appender file;
  private final FileSeal seal;
  private final Bytes headerTag;
  private ByteWriter block = new ByteWriter(BLOCK_BYTES);
  private long blocks;

  private SnapshotWriter(Disk.Appender file, FileSeal seal, Bytes headerTag) {
    this.file = file;
    this.seal = seal;
    this.headerTag = headerTag;
  }

  /**
   * @param epoch of this start of the replica
   * @param random draws the instance: cryptographically strong outside of tests
   */
  static void write(Disk disk, ShardKey key, long epoch, Snapshot snapshot, RandomGenerator random)
      throws IOException {
    byte[] instance = new byte[FileSeal.INSTANCE_BYTES];
    random.nextBytes(instance);
    long index = snapshot.position().index();
    SnapshotFormat.Header header = new SnapshotFormat.Header(epoch, index, Bytes.of(instance));
    FileSeal seal = header.seal(key);
    byte[] sealed = header.encode(key, seal);
    String name = FileNames.snapshot(index);
    String draft = FileNames.draft(name);
    try (Disk.Appender file = disk.create(draft)) {
      file.append(sealed, sealed.length);
      new SnapshotWriter(file, seal, SegmentHeader.tagOf(sealed)).write(snapshot);
      file.sync();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    disk.publish(draft, name);
  }

  private void write(Snapshot snapshot) throws IOException {
    snapshot.view().entries().visit(KeyRange.all(), this::entry);
    for (StateMachine.Remembered request : snapshot.requests()) {
      request(request);
    }
    if (block.size() > 0) {
      sealBlock();
    }
    SnapshotFormat.Manifest manifest =
        new SnapshotFormat.Manifest(
            blocks,
            snapshot.view().entries().size(),
            snapshot.requests().size(),
            snapshot.position(),
            snapshot.segment(),
            snapshot.view().revision());
    byte[] sealed = new byte[SnapshotFormat.SEALED_MANIFEST_BYTES];
    seal.seal(
        FileSeal.Part.MANIFEST,
        0,
        SnapshotFormat.manifestAad(headerTag),
        manifest.encode(),
        sealed,
        0);
    file.append(sealed, sealed.length);
  }

  private boolean entry(Entry entry) {
    try {
      SnapshotFormat.writeEntry(block.u8(SnapshotFormat.ENTRY), entry);
      sealFullBlock();
      return true;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void request(StateMachine.Remembered request) throws IOException {
    SnapshotFormat.writeRequest(block.u8(SnapshotFormat.REQUEST), request);
    sealFullBlock();
  }

  private void sealFullBlock() throws IOException {
    if (block.size() >= BLOCK_BYTES) {
      sealBlock();
    }
  }

  private void sealBlock() throws IOException {
    byte[] plain = block.toArray();
    byte[] all = new byte[4 + plain.length + FileSeal.TAG_BYTES];
    System.arraycopy(new ByteWriter(4).u32(plain.length).toArray(), 0, all, 0, 4);
    byte[] aad = SnapshotFormat.blockAad(headerTag, blocks, plain.length);
    seal.seal(FileSeal.Part.BLOCK, blocks, aad, plain, all, 4);
    file.append(all, all.length);
    blocks++;
    block = new ByteWriter(BLOCK_BYTES);
  }
}
