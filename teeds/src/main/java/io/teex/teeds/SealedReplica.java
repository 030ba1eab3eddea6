package io.teex.teeds;

import io.teex.protocol.Bytes;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.TeexException;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;

/**
 * A store with one replica: its state lies in memory, its log and snapshots on the local disk,
 * sealed. Guarantees: what was acknowledged survives the end of the process at any instant, and of
 * the machine as far as the disk keeps what it synced; nothing on disk reveals more than sizes and
 * times; a disk that was changed is refused ({@code STORE_CORRUPT}). It does not notice a whole
 * older copy of the disk: {@link StoreStatus.RollbackProtection#UNPROTECTED}.
 *
 * <p>When the disk is full or fails, transactions are {@code UNAVAILABLE} and reads go on; when it
 * works again, so do transactions.
 */
public final class SealedReplica implements Store, AutoCloseable {
  private static final System.Logger LOG = System.getLogger(SealedReplica.class.getName());

  private final Disk disk;
  private final LogWriter log;
  private final StateMachine state;
  private final ReplicaConfig config;
  private final CommitQueue queue;
  private final Thread writer;
  private volatile View view;
  private final CompletableFuture<Void> failure = new CompletableFuture<>();
  private boolean diskFails;

  private SealedReplica(Disk disk, LogWriter log, StateMachine state, ReplicaConfig config) {
    this.disk = disk;
    this.log = log;
    this.state = state;
    this.config = config;
    this.queue = new CommitQueue(config.queueBytesMax());
    this.view = state.view();
    this.writer = Thread.ofPlatform().name("teeds-log").unstarted(this::commitAll);
  }

  /**
   * Opens the store of a directory, or makes an empty one, and begins a new epoch.
   *
   * @throws TeexException {@code UNAVAILABLE} if another process has it open or the disk fails;
   *     {@code STORE_CORRUPT} if the directory holds anything but the whole sealed state
   */
  public static SealedReplica open(Path directory, ShardKey key, SecureRandom random) {
    Executor snapshots = task -> Thread.ofPlatform().name("teeds-snapshot").start(task);
    return open(DirectoryDisk.open(directory), key, ReplicaConfig.DEFAULT, random, snapshots);
  }

  static SealedReplica open(
      Disk disk, ShardKey key, ReplicaConfig config, RandomGenerator random, Executor snapshots) {
    try {
      StateMachine state = new StateMachine();
      Recovery.Recovered recovered = Recovery.recover(disk, key, state);
      LogWriter log = LogWriter.begin(disk, key, config, recovered, random, snapshots);
      SealedReplica replica = new SealedReplica(disk, log, state, config);
      LOG.log(
          Level.INFO,
          "shard {0} begins epoch {1,number,#} at revision {2,number,#}, {3}",
          key.shard(),
          log.epoch(),
          state.view().revision(),
          StoreStatus.RollbackProtection.UNPROTECTED.label());
      replica.writer.start();
      return replica;
    } catch (IOException e) {
      closeQuietly(disk);
      throw new TeexException(
          ErrorCode.UNAVAILABLE, "cannot write to the store: " + e.getMessage(), e);
    } catch (RuntimeException e) {
      closeQuietly(disk);
      throw e;
    }
  }

  @Override
  public Optional<Entry> get(Bytes key) {
    StoreLimits.requireKey(key, StoreLimits.STORED_KEY_BYTES_MAX);
    return current().get(key);
  }

  @Override
  public Page range(KeyRange range, int limit) {
    StoreLimits.requireRange(range, limit, StoreLimits.STORED_KEY_BYTES_MAX);
    return current().range(range, limit);
  }

  /** Keys and values that a range holds, in bytes. */
  long bytes(KeyRange range) {
    return current().entries().bytes(range);
  }

  /**
   * Has {@code action} run once the store failed for a reason that is no disk's, after which it
   * refuses everything: only a fresh process can read the log again.
   */
  void whenFailed(Runnable action) {
    var _ = failure.thenRun(action);
  }

  /** All that was acknowledged, and nothing that is not durable. */
  private View current() {
    if (failure.isDone()) {
      throw new TeexException(ErrorCode.UNAVAILABLE, "the store failed, see its log");
    }
    return view;
  }

  @Override
  public TransactionResult transact(Transaction transaction) {
    return transact(RequestId.NONE, transaction);
  }

  @Override
  public TransactionResult transact(RequestId id, Transaction transaction) {
    StoreLimits.requireTransaction(transaction, StoreLimits.STORED_KEY_BYTES_MAX);
    CompletableFuture<Outcome> outcome = new CompletableFuture<>();
    try {
      queue.put(new CommitQueue.Waiting(Command.encode(id, transaction), outcome));
      return outcome.get().require();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new TeexException(
          ErrorCode.UNAVAILABLE, "interrupted; the transaction may still happen", e);
    } catch (ExecutionException e) {
      throw new IllegalStateException("outcomes are values", e);
    }
  }

  @Override
  public StoreStatus status() {
    return new StoreStatus(
        current().revision(), log.epoch(), StoreStatus.RollbackProtection.UNPROTECTED);
  }

  /** What the writer thread does: it alone touches log and state. */
  private void commitAll() {
    List<CommitQueue.Waiting> batch = queue.take(config.batchBytes());
    while (!batch.isEmpty()) {
      try {
        commit(batch);
      } catch (RuntimeException | Error e) {
        LOG.log(Level.ERROR, "the store failed and serves no more", e);
        queue.close();
        refuse(batch, "the store failed");
        failure.complete(null);
      }
      batch = queue.take(config.batchBytes());
    }
  }

  private void commit(List<CommitQueue.Waiting> batch) {
    if (failure.isDone()) {
      refuse(batch, "the store failed");
      return;
    }
    try {
      log.append(Batch.encode(batch.stream().map(waiting -> waiting.command().bytes()).toList()));
    } catch (IOException e) {
      reportDisk(true, String.valueOf(e.getMessage()));
      refuse(batch, "the store cannot write: " + e.getMessage());
      return;
    }
    reportDisk(false, "");
    List<Outcome> outcomes = new ArrayList<>(batch.size());
    for (CommitQueue.Waiting waiting : batch) {
      outcomes.add(state.apply(waiting.command().command()));
    }
    // Whoever gets an answer, and everybody after him, sees what it says.
    view = state.view();
    for (int i = 0; i < batch.size(); i++) {
      batch.get(i).outcome().complete(outcomes.get(i));
    }
    log.snapshotIfDue(state);
  }

  private static void refuse(List<CommitQueue.Waiting> batch, String why) {
    Outcome refused =
        new Outcome.Refused(
            ErrorCode.UNAVAILABLE, why + "; the transaction may or may not have happened");
    batch.forEach(waiting -> waiting.outcome().complete(refused));
  }

  /** One line when the disk begins to fail and one when it works again. */
  private void reportDisk(boolean fails, String why) {
    if (fails && !diskFails) {
      LOG.log(Level.ERROR, "transactions are refused, the disk fails: {0}", why);
    } else if (!fails && diskFails) {
      LOG.log(Level.INFO, "the disk works again, transactions are taken");
    }
    diskFails = fails;
  }

  /** Commits what waits, then lets go of the directory. Later calls are {@code UNAVAILABLE}. */
  @Override
  public void close() {
    queue.close();
    boolean interrupted = false;
    while (writer.isAlive()) {
      try {
        writer.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    try {
      log.close();
    } catch (IOException e) {
      LOG.log(Level.WARNING, "cannot close the log: {0}", e.getMessage());
    }
    closeQuietly(disk);
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private static void closeQuietly(Disk disk) {
    try {
      disk.close();
    } catch (IOException e) {
      LOG.log(Level.WARNING, "cannot close the store: {0}", e.getMessage());
    }
  }
}
