package io.teex.worker;

import io.teex.protocol.Address;
import io.teex.protocol.TeexException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.UUID;

/** Everything that a worker tells its operator. No line has an input, an output, a key or code. */
final class WorkerLog {
  private final Logger logger = System.getLogger("io.teex.worker");

  void sandboxMissing() {
    logger.log(
        Level.WARNING,
        "NO-OS-SANDBOX: executors run without bubblewrap; every receipt will say so");
  }

  void memoryUnbounded() {
    logger.log(
        Level.WARNING,
        "no control groups can be made here, so resource limits alone bound executors' memory:"
            + " delegate a memory and a pids group to the worker");
  }

  void enrolled(Address worker, Address manager, long notAfter) {
    logger.log(
        Level.INFO,
        "enrolled as worker {0} by manager {1} until {2}",
        worker,
        manager,
        Long.toString(notAfter));
  }

  void joined(String endpoint, Address dispatcher, int basisPoints) {
    logger.log(
        Level.INFO,
        "joined dispatcher {0} at {1}; it takes {2} basis points",
        dispatcher,
        endpoint,
        basisPoints);
  }

  void dispatcherLost(String endpoint, TeexException why) {
    logger.log(Level.WARNING, "dispatcher at {0} does not answer: {1}", endpoint, why);
  }

  void renewalFailed(TeexException why) {
    logger.log(Level.WARNING, "the node certificate could not be renewed yet: {0}", why);
  }

  void attemptFailed(Attempt.Id attempt, TeexException why) {
    logger.log(Level.WARNING, "gave attempt {0} back: {1}", attempt, why);
  }

  /**
   * Logs a broken invariant, or a broken virtual machine, and returns the id under which it is
   * found.
   */
  String attemptBroke(Attempt.Id attempt, Throwable why) {
    String id = UUID.randomUUID().toString();
    logger.log(Level.ERROR, "%s: attempt %s broke".formatted(id, attempt), why);
    return id;
  }

  void completionRetried(Attempt.Id attempt, TeexException why, Duration pause) {
    logger.log(
        Level.WARNING,
        "the receipt of attempt {0} is not acknowledged yet, trying again in {1}: {2}",
        attempt,
        pause,
        why);
  }

  void abandonFailed(Attempt.Id attempt, TeexException why) {
    logger.log(
        Level.WARNING, "dispatcher was not told that attempt {0} is given back: {1}", attempt, why);
  }

  void stopping(int running) {
    logger.log(Level.INFO, "stopping with {0} attempts under way", running);
  }
}
