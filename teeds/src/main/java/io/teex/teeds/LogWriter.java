package io.teex.teeds;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;

/**
 * The log of one start of a replica: segments one after another, and a snapshot now and then that
 * makes the older ones superfluous. Used by one thread; a snapshot is written by another.
 */
final class LogWriter implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(LogWriter.class.getName());

  /** Every start adds a segment; a snapshot ends a long row of short ones. */
  private static final int SEGMENTS_MAX = 64;

  private final Disk disk;
  private final ShardKey key;
  private final ReplicaConfig config;
  private final long epoch;
  private final RandomGenerator random;
  private final Executor snapshots;
  private SegmentWriter segment;
  private boolean segmentFailed;
  private long bytes;
  private int segments;
  private long snapshotNotBelowBytes;
  private CompletableFuture<Cut> snapshot = CompletableFuture.completedFuture(Cut.NONE);

  /** What of the log a snapshot makes superfluous; nothing if it failed. */
  private record Cut(long bytes, int segments) {
    static final Cut NONE = new Cut(0, 0);
  }

  private LogWriter(
      Disk disk,
      ShardKey key,
      ReplicaConfig config,
      Recovery.Recovered recovered,
      RandomGenerator random,
      Executor snapshots,
      SegmentWriter segment) {
    this.disk = disk;
    this.key = key;
    this.config = config;
    this.epoch = recovered.epoch() + 1;
    this.random = random;
    this.snapshots = snapshots;
    this.segment = segment;
    this.bytes = recovered.logBytes() + segment.bytes();
    this.segments = recovered.segments() + 1;
  }

  /**
   * Begins a new epoch after everything that was recovered. Its first segment says where the log
   * ended, so a record that was cut short there can never come back.
   */
  static LogWriter begin(
      Disk disk,
      ShardKey key,
      ReplicaConfig config,
      Recovery.Recovered recovered,
      RandomGenerator random,
      Executor snapshots)
      throws IOException {
    SegmentWriter segment =
        SegmentWriter.create(
            disk,
            key,
            recovered.epoch() + 1,
            recovered.nextSegment(),
            recovered.position(),
            random);
    return new LogWriter(disk, key, config, recovered, random, snapshots, segment);
  }

  long epoch() {
    return epoch;
  }

  /**
   * Adds a record; durable when it returns. When it fails the record may come back after a restart
   * in which nothing was added since, and the log can be added to as soon as the disk allows.
   */
  void append(byte[] record) throws IOException {
    if (segmentFailed) {
      // Never a second record under a nonce that may be on disk: a new segment has a new key.
      nextSegment();
    }
    long before = segment.bytes();
    try {
      segment.append(record);
      bytes += segment.bytes() - before;
    } catch (IOException e) {
      segmentFailed = true;
      throw e;
    }
  }

  private void nextSegment() throws IOException {
    SegmentWriter next =
        SegmentWriter.create(disk, key, epoch, segment.number() + 1, segment.position(), random);
    SegmentWriter before = segment;
    segment = next;
    segmentFailed = false;
    bytes += next.bytes();
    segments++;
    before.close();
  }

  /**
   * Starts a snapshot of the state after the last record if the log has grown enough for one. The
   * log stays as it is until the snapshot is durable, so failing costs nothing but space.
   */
  void snapshotIfDue(StateMachine state) {
    if (!snapshot.isDone()) {
      return;
    }
    Cut done = snapshot.getNow(Cut.NONE);
    snapshot = CompletableFuture.completedFuture(Cut.NONE);
    bytes -= done.bytes();
    segments -= done.segments();
    long enough = Math.max(config.snapshotLogBytes(), state.view().entries().bytes());
    if (bytes < snapshotNotBelowBytes || (bytes < enough && segments <= SEGMENTS_MAX)) {
      return;
    }
    // If this one fails the next is tried when the log has grown again.
    snapshotNotBelowBytes = bytes + config.snapshotLogBytes();
    Position position = segment.position();
    Cut cut = new Cut(bytes, segments);
    try {
      nextSegment();
    } catch (IOException e) {
      LOG.log(Level.WARNING, "no snapshot: {0}", e.getMessage());
      return;
    }
    Snapshot captured = new Snapshot(position, segment.number(), state.view(), state.remembered());
    snapshot = CompletableFuture.supplyAsync(() -> write(captured, cut), snapshots);
  }

  private Cut write(Snapshot captured, Cut cut) {
    long index = captured.position().index();
    try {
      SnapshotWriter.write(disk, key, epoch, captured, random);
      Obsolete.delete(disk, captured.segment(), index);
      LOG.log(
          Level.INFO,
          "snapshot at record {0,number,#} with {1} entries",
          index,
          captured.view().entries().size());
      return cut;
    } catch (IOException e) {
      LOG.log(Level.WARNING, "snapshot at record {0,number,#} failed: {1}", index, e.getMessage());
      deleteQuietly(FileNames.draft(FileNames.snapshot(index)));
      return Cut.NONE;
    }
  }

  /** Gives the space of a draft back; if that fails, the next start does it. */
  private void deleteQuietly(String name) {
    try {
      disk.delete(name);
    } catch (IOException e) {
      LOG.log(Level.DEBUG, "cannot delete {0}: {1}", name, e.getMessage());
    }
  }

  /** Waits for a running snapshot. */
  @Override
  public void close() throws IOException {
    snapshot.exceptionally(failure -> Cut.NONE).join();
    segment.close();
  }
}
