package io.teex.market;

import io.teex.protocol.ErrorCode;
import io.teex.protocol.TeexException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * How an embedded market is to be.
 *
 * @param directory of everything it keeps; a market that is there already continues
 * @param workers how many
 * @param users who gets development money
 * @param wiretapped whether all traffic goes through a recording network
 * @param detached whether it stays when the launcher ends
 * @param osSandbox whether executors run behind bubblewrap
 * @param batchTasks settle when so many receipts wait
 * @param batchWait settle when a receipt has waited so long
 * @param chainPort of the JSON-RPC endpoint, 0 for any
 * @param receipts what batches show of the receipts that they settle
 */
public record MarketOptions(
    Path directory,
    int workers,
    List<Account> users,
    boolean wiretapped,
    boolean detached,
    boolean osSandbox,
    int batchTasks,
    Duration batchWait,
    int chainPort,
    Receipts receipts) {
  /** The dispatcher's setting of the same name. */
  public enum Receipts {
    ROOT,
    CALLDATA,
    BLOB
  }

  private static final int WORKERS_MAX = 16;

  public MarketOptions {
    users = List.copyOf(users);
    if (workers < 1 || workers > WORKERS_MAX) {
      throw new TeexException(
          ErrorCode.USAGE, "workers: seen %d, expected 1 to %d".formatted(workers, WORKERS_MAX));
    }
  }

  /** A market for a while, in a directory of its own. */
  public static MarketOptions temporary(Path directory) {
    return new MarketOptions(
        directory,
        2,
        List.of(Account.ALICE, Account.BOB, Account.CAROL),
        false,
        false,
        true,
        256,
        Duration.ofMinutes(10),
        0,
        Receipts.ROOT);
  }

  public MarketOptions withWorkers(int workers) {
    return new MarketOptions(
        directory,
        workers,
        users,
        wiretapped,
        detached,
        osSandbox,
        batchTasks,
        batchWait,
        chainPort,
        receipts);
  }

  public MarketOptions withWiretap() {
    return new MarketOptions(
        directory,
        workers,
        users,
        true,
        detached,
        osSandbox,
        batchTasks,
        batchWait,
        chainPort,
        receipts);
  }

  public MarketOptions withDetached(boolean detached) {
    return new MarketOptions(
        directory,
        workers,
        users,
        wiretapped,
        detached,
        osSandbox,
        batchTasks,
        batchWait,
        chainPort,
        receipts);
  }

  public MarketOptions withOsSandbox(boolean osSandbox) {
    return new MarketOptions(
        directory,
        workers,
        users,
        wiretapped,
        detached,
        osSandbox,
        batchTasks,
        batchWait,
        chainPort,
        receipts);
  }

  public MarketOptions withBatches(int tasks, Duration wait) {
    return new MarketOptions(
        directory,
        workers,
        users,
        wiretapped,
        detached,
        osSandbox,
        tasks,
        wait,
        chainPort,
        receipts);
  }

  public MarketOptions withChainPort(int chainPort) {
    return new MarketOptions(
        directory,
        workers,
        users,
        wiretapped,
        detached,
        osSandbox,
        batchTasks,
        batchWait,
        chainPort,
        receipts);
  }

  public MarketOptions withReceipts(Receipts receipts) {
    return new MarketOptions(
        directory,
        workers,
        users,
        wiretapped,
        detached,
        osSandbox,
        batchTasks,
        batchWait,
        chainPort,
        receipts);
  }
}
