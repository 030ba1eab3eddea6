package io.teex.sdk;

import io.teex.protocol.Acknowledgement;
import io.teex.protocol.Address;
import io.teex.protocol.Bytes;
import io.teex.protocol.Bytes32;
import io.teex.protocol.NodeCertificate;
import io.teex.protocol.Order;
import io.teex.protocol.Receipt;
import io.teex.protocol.Session;
import io.teex.protocol.Signed;
import io.teex.protocol.TaskId;
import io.teex.protocol.TeexException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * One dispatcher, as its users need it. Every call may fail with its refusal or {@code
 * UNAVAILABLE}.
 */
interface Dispatching {
  /** The account that allowances and orders name. */
  Address address();

  /** Where a task is after an order or a retry. */
  sealed interface Placement {
    /** A worker waits for the input. */
    record Leased(Ticket ticket) implements Placement {}

    /** Its receipt is there already: ask for the result. */
    record Done() implements Placement {}
  }

  /** Where a task is when asked for its result. */
  sealed interface State {
    record Waiting() implements State {}

    record Refused(TeexException failure) implements State {}

    /**
     * @param worker certificate of the worker whose receipt it is
     * @param outputCid empty if there is no output
     * @param sealedOutputKey sealed to the order's output key
     * @param transaction that settled it; empty until then
     */
    record Done(
        Signed<Receipt> receipt,
        Signed<Acknowledgement> acknowledgement,
        Signed<NodeCertificate> worker,
        String outputCid,
        Bytes sealedOutputKey,
        Optional<Bytes32> transaction)
        implements State {}
  }

  /** Sending the same order again gives the same task. */
  Placement submit(Signed<Order> order, Optional<Signed<Session>> session);

  /** Waits until the attempt is surely lost, then leases the task again. */
  Placement retry(TaskId task, int failedAttempt);

  /**
   * @param wait for a change of state, at most
   */
  State result(TaskId task, Duration wait);

  /** The sequence that the next order in the lane has to have. */
  long nextSequence(Address user, int lane);

  /** Settles what is acknowledged now; the transactions' hashes. */
  List<Bytes32> settle();
}
