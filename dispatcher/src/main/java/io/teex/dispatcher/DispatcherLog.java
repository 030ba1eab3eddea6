package io.teex.dispatcher;

import io.teex.protocol.Address;
import io.teex.protocol.Amount;
import io.teex.protocol.Bytes32;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.TaskId;
import java.lang.System.Logger.Level;

/** Everything that a dispatcher tells its operator. Ids in every line; nothing of any order. */
final class DispatcherLog {
  private static final System.Logger LOG = System.getLogger("io.teex.dispatcher");

  void waitsForAdmission(Address self, String reason) {
    say(
        Level.WARNING,
        "dispatcher %s is not admitted on chain yet (%s); it needs gas at its address",
        self,
        reason);
  }

  void active(Address self) {
    say(Level.INFO, "dispatcher %s is admitted on chain and takes orders", self);
  }

  void certificateNotRenewed(Address self, String reason) {
    say(Level.ERROR, "the certificate of dispatcher %s was not renewed: %s", self, reason);
  }

  void resumed(int tasks, int lanes) {
    say(Level.INFO, "resumed with %s unsettled tasks in %s lanes", tasks, lanes);
  }

  void takenOver(Address self) {
    say(Level.ERROR, "another process of dispatcher %s took over; this one must stop", self);
  }

  void workerJoined(WorkerNode worker) {
    say(
        Level.INFO,
        "worker %s joined at %s with %s slots (%s, %s)",
        worker.address(),
        worker.endpoint(),
        worker.slots(),
        worker.kind(),
        worker.engine());
  }

  void workerSilent(Address worker) {
    say(Level.WARNING, "worker %s is silent", worker);
  }

  void attemptLost(TaskId task, int attempt, Address worker, String reason) {
    say(
        Level.WARNING,
        "attempt %s of task %s at worker %s is lost: %s",
        attempt,
        task,
        worker,
        reason);
  }

  void taskRefused(TaskId task, ErrorCode code, String reason) {
    say(Level.INFO, "task %s is refused: %s: %s", task, code, reason);
  }

  void contradicted(TaskId task, Address worker, Bytes32 accepted, Bytes32 other) {
    say(
        Level.ERROR,
        "worker %s signed two receipts for task %s: %s was accepted, %s is kept as evidence",
        worker,
        task,
        accepted,
        other);
  }

  void settled(long batch, int tasks, Amount total, Bytes32 transaction) {
    say(
        Level.INFO,
        "batch %s settled %s tasks for %s in transaction %s",
        batch,
        tasks,
        total,
        transaction);
  }

  void settlementFailed(long batch, ErrorCode code, String reason) {
    say(Level.ERROR, "batch %s is not settled, will be tried again: %s: %s", batch, code, reason);
  }

  void batchRevised(long batch, String reason) {
    say(Level.ERROR, "batch %s is made anew without what blocks it: %s", batch, reason);
  }

  void laneBlocked(Address payer, int lane, String reason) {
    say(Level.ERROR, "lane %s of %s cannot be settled: %s", lane, payer, reason);
  }

  void requestTaken(TaskId task, long block) {
    say(Level.INFO, "took the on-chain request %s of block %s", task, block);
  }

  void failed(String what, Throwable cause) {
    LOG.log(Level.ERROR, what + " failed, will be tried again", cause);
  }

  private static void say(Level level, String line, Object... facts) {
    LOG.log(level, () -> line.formatted(facts));
  }
}
