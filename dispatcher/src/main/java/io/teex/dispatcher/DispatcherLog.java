package io.teex.dispatcher;

import io.teex.chain.Court;
import io.teex.protocol.Address;
import io.teex.protocol.Amount;
import io.teex.protocol.Bytes32;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.TaskId;
import io.teex.protocol.TeexException;
import java.lang.System.Logger.Level;

/** Everything that a dispatcher tells its operator. Ids in every line; nothing of any order. */
final class DispatcherLog {
  private static final System.Logger LOG = System.getLogger("io.teex.dispatcher");

  void waitsForAdmission(Address self, String reason) {
    LOG.log(
        Level.WARNING,
        "dispatcher %s is not admitted on chain yet (%s); it needs gas at its address"
            .formatted(self, reason));
  }

  void active(Address self) {
    LOG.log(Level.INFO, "dispatcher %s is admitted on chain and takes orders".formatted(self));
  }

  void certificateNotRenewed(Address self, String reason) {
    LOG.log(
        Level.ERROR,
        "the certificate of dispatcher %s was not renewed: %s".formatted(self, reason));
  }

  void resumed(int tasks, int lanes) {
    LOG.log(Level.INFO, "resumed with %s unsettled tasks in %s lanes".formatted(tasks, lanes));
  }

  void takenOver(Address self) {
    LOG.log(
        Level.ERROR,
        "another process of dispatcher %s took over; this one must stop".formatted(self));
  }

  void workerJoined(WorkerNode worker) {
    LOG.log(
        Level.INFO,
        "worker %s joined at %s with %s slots (%s, %s)"
            .formatted(
                worker.address(),
                worker.endpoint(),
                worker.slots(),
                worker.kind(),
                worker.engine()));
  }

  void workerSilent(Address worker) {
    LOG.log(Level.WARNING, "worker %s is silent".formatted(worker));
  }

  void attemptLost(TaskId task, int attempt, Address worker, String reason) {
    LOG.log(
        Level.WARNING,
        "attempt %s of task %s at worker %s is lost: %s".formatted(attempt, task, worker, reason));
  }

  void taskRefused(TaskId task, ErrorCode code, String reason) {
    LOG.log(Level.INFO, "task %s is refused: %s: %s".formatted(task, code, reason));
  }

  void contradicted(TaskId task, Address worker, Bytes32 accepted, Bytes32 other) {
    LOG.log(
        Level.ERROR,
        "worker %s signed two receipts for task %s: %s was accepted, %s is kept as evidence"
            .formatted(worker, task, accepted, other));
  }

  void settled(long batch, int tasks, Amount total, Bytes32 transaction) {
    LOG.log(
        Level.INFO,
        "batch %s settled %s tasks for %s in transaction %s"
            .formatted(batch, tasks, total, transaction));
  }

  void stakeShort(Address self, Amount free) {
    LOG.log(
        Level.ERROR,
        "a batch may take %s now, so tasks stay unsettled: bond more for dispatcher %s, or wait until earlier batches are final"
            .formatted(free, self));
  }

  void workerUnknownToRegistry(Address worker, String reason) {
    LOG.log(
        Level.ERROR,
        "receipts of worker %s will not justify the next batch if it is challenged: %s"
            .formatted(worker, reason));
  }

  void answered(long batch, Court.Subject subject) {
    LOG.log(Level.WARNING, "a challenge of batch %s (%s) was answered".formatted(batch, subject));
  }

  void demandAnswered(long batch, TaskId task) {
    LOG.log(Level.WARNING, "a demand for task %s was answered: batch %s".formatted(task, batch));
  }

  void notAnswered(String question, TeexException cause) {
    LOG.log(
        Level.ERROR,
        "a %s is not answered, will be tried again; unanswered, this dispatcher is frozen: %s: %s"
            .formatted(question, cause.code(), cause.getMessage()));
  }

  void settlementFailed(long batch, ErrorCode code, String reason) {
    LOG.log(
        Level.ERROR,
        "batch %s is not settled, will be tried again: %s: %s".formatted(batch, code, reason));
  }

  void receiptsNotPosted(long batch, String reason) {
    LOG.log(
        Level.ERROR,
        "receipts of batch %s are not posted, unless it is on its way with them: %s"
            .formatted(batch, reason));
  }

  void batchRevised(long batch, String reason) {
    LOG.log(
        Level.ERROR, "batch %s is made anew without what blocks it: %s".formatted(batch, reason));
  }

  void laneBlocked(Address payer, int lane, String reason) {
    LOG.log(Level.ERROR, "lane %s of %s cannot be settled: %s".formatted(lane, payer, reason));
  }

  void requestTaken(TaskId task, long block) {
    LOG.log(Level.INFO, "took the on-chain request %s of block %s".formatted(task, block));
  }

  void reorganised(long kept, long head) {
    LOG.log(
        Level.WARNING,
        "the chain was reorganised: what was read above block %s of %s is read again"
            .formatted(kept, head));
  }

  void requestUndone(TaskId task, boolean forgotten) {
    LOG.log(
        Level.WARNING,
        "a reorganisation undid request %s: %s"
            .formatted(
                task,
                forgotten
                    ? "it is forgotten until it is placed again"
                    : "a worker has it already"));
  }

  void failed(String what, Throwable cause) {
    LOG.log(Level.ERROR, what + " failed, will be tried again", cause);
  }
}
