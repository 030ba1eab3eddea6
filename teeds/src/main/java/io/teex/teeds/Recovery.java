package io.teex.teeds;

import io.teex.protocol.ErrorCode;
import io.teex.protocol.TeexException;
import java.io.IOException;
import java.util.List;

/**
 * Brings back what a replica had acknowledged: the newest snapshot, then every record of the log in
 * the one order that the chain of tags allows.
 */
final class Recovery {
  private final Disk disk;
  private final ShardKey key;
  private final StateMachine state;
  private Position position = Position.START;
  private long firstSegment = 1;
  private long epoch;
  private long logBytes;

  private Recovery(Disk disk, ShardKey key, StateMachine state) {
    this.disk = disk;
    this.key = key;
    this.state = state;
  }

  /**
   * What was found.
   *
   * @param position of the last record
   * @param nextSegment the number that the next segment has to have
   * @param epoch of the last start, 0 if there was none
   * @param segments of the log since the snapshot
   * @param logBytes of those segments
   */
  record Recovered(Position position, long nextSegment, long epoch, int segments, long logBytes) {}

  /**
   * Fills an empty state from the disk and removes files that are no longer needed.
   *
   * @throws TeexException {@code STORE_CORRUPT} if the disk holds anything but what this shard's
   *     key sealed, in full and in order, up to a record that was never acknowledged; {@code
   *     UNAVAILABLE} if it cannot be read
   */
  static Recovered recover(Disk disk, ShardKey key, StateMachine state) {
    try {
      return new Recovery(disk, key, state).run();
    } catch (IOException e) {
      throw new TeexException(ErrorCode.UNAVAILABLE, "cannot read the store: " + e.getMessage(), e);
    }
  }

  private Recovered run() throws IOException {
    List<String> names = disk.names();
    for (String name : names) {
      if (FileNames.isDraft(name)) {
        disk.delete(name);
      }
    }
    List<Long> snapshots = FileNames.snapshots(names);
    if (!snapshots.isEmpty()) {
      restore(snapshots.getLast());
    }
    List<Long> segments =
        FileNames.segments(names).stream().filter(number -> number >= firstSegment).toList();
    requireContiguous(segments, !snapshots.isEmpty());
    replay(segments);
    Obsolete.delete(disk, firstSegment, snapshots.isEmpty() ? 0 : snapshots.getLast());
    return new Recovered(
        position, firstSegment + segments.size(), epoch, segments.size(), logBytes);
  }

  private void restore(long index) throws IOException {
    SnapshotReader.Loaded loaded = SnapshotReader.read(disk, key, index);
    Snapshot snapshot = loaded.snapshot();
    state.restore(snapshot.view(), snapshot.requests());
    position = snapshot.position();
    firstSegment = snapshot.segment();
    epoch = loaded.epoch();
  }

  private void requireContiguous(List<Long> segments, boolean afterSnapshot) {
    for (int i = 0; i < segments.size(); i++) {
      if (segments.get(i) != firstSegment + i) {
        throw corrupt("log segment %d is missing".formatted(firstSegment + i));
      }
    }
    if (afterSnapshot && segments.isEmpty()) {
      throw corrupt("log segment %d is missing".formatted(firstSegment));
    }
  }

  private void replay(List<Long> segments) throws IOException {
    for (int i = 0; i < segments.size(); i++) {
      try (SegmentReader segment = SegmentReader.open(disk, key, segments.get(i))) {
        requireContinues(segment.header());
        epoch = segment.header().epoch();
        logBytes += segment.bytes();
        if (i + 1 < segments.size()) {
          replayUpTo(end(segments.get(i + 1)), segment);
        } else {
          replayAll(segment);
        }
        position = segment.position();
      }
    }
  }

  private void requireContinues(SegmentHeader header) {
    if (!header.after().equals(position) || header.epoch() < epoch) {
      throw corrupt(
          "log segment %d does not continue the log at record %d"
              .formatted(header.number(), position.index()));
    }
  }

  /** Where a segment ends is what its successor says. */
  private Position end(long successor) throws IOException {
    try (SegmentReader segment = SegmentReader.open(disk, key, successor)) {
      return segment.header().after();
    }
  }

  private void replayUpTo(Position end, SegmentReader segment) throws IOException {
    while (segment.position().index() < end.index()) {
      apply(segment.require());
    }
  }

  private void replayAll(SegmentReader segment) throws IOException {
    for (var record = segment.next(); record.isPresent(); record = segment.next()) {
      apply(record.get());
    }
  }

  private void apply(byte[] record) {
    Batch.decode(record).forEach(state::apply);
  }

  private static TeexException corrupt(String what) {
    return new TeexException(ErrorCode.STORE_CORRUPT, what);
  }
}
