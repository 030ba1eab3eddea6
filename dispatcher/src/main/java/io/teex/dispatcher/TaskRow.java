package io.teex.dispatcher;

import io.teex.protocol.Acknowledgement;
import io.teex.protocol.Address;
import io.teex.protocol.Bytes;
import io.teex.protocol.Bytes32;
import io.teex.protocol.DatasetCharge;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.NodeCertificate;
import io.teex.protocol.Order;
import io.teex.protocol.Price;
import io.teex.protocol.Receipt;
import io.teex.protocol.Signed;
import io.teex.protocol.TaskId;
import io.teex.protocol.TeexException;
import io.teex.protocol.TypedData;
import io.teex.protocol.Uint;
import java.util.List;

/**
 * A {@link Task} as it lies in TEE-DS: one flat struct in ABI encoding, in which the parts that a
 * state does not have are empty.
 *
 * @param kind 0 queued, 1 leased, 2 acknowledged, 3 refused
 */
record TaskRow(
    TaskId id,
    Bytes order,
    Bytes session,
    boolean requested,
    String sealedInputCid,
    long block,
    TermsRow terms,
    long acceptedAt,
    @Uint(8) int kind,
    int attempts,
    AttemptRow attempt,
    Bytes receipt,
    Bytes acknowledgement,
    String outputCid,
    Bytes sealedOutputKey,
    String code,
    String message) {

  record TermsRow(
      Price price,
      Address provider,
      List<DatasetCharge> datasets,
      @Uint(16) int basisPoints,
      Address dispatcherPayee) {}

  record AttemptRow(
      String endpoint,
      Bytes certificate,
      Bytes32 costTable,
      int flags,
      long leasedAt,
      long expiry,
      long fencingToken) {
    static final AttemptRow NONE = new AttemptRow("", Bytes.EMPTY, Bytes32.ZERO, 0, 0, 0, 0);
  }

  static Bytes encode(Task task) {
    return Bytes.of(TypedData.encode(of(task)));
  }

  /**
   * Reads what {@link #encode} wrote.
   *
   * @throws TeexException {@code STORE_CORRUPT}
   */
  static Task decode(Bytes encoded) {
    try {
      return TypedData.decode(TaskRow.class, encoded.copy()).task();
    } catch (TeexException | IllegalArgumentException e) {
      throw new TeexException(ErrorCode.STORE_CORRUPT, "a stored task cannot be read", e);
    }
  }

  private static TaskRow of(Task task) {
    TaskState state = task.state();
    return new TaskRow(
        task.id(),
        Bytes.of(task.order().encode()),
        task.session(),
        task.isRequested(),
        task.origin() instanceof Origin.Requested requested ? requested.sealedInputCid() : "",
        task.origin() instanceof Origin.Requested requested ? requested.block() : 0,
        row(task.terms()),
        task.acceptedAt(),
        kind(state),
        state.attempts(),
        switch (state) {
          case TaskState.Leased leased -> row(leased.attempt());
          case TaskState.Acknowledged done -> row(done.attempt());
          case TaskState.Queued _, TaskState.Refused _ -> AttemptRow.NONE;
        },
        state instanceof TaskState.Acknowledged done
            ? Bytes.of(done.receipt().encode())
            : Bytes.EMPTY,
        state instanceof TaskState.Acknowledged done
            ? Bytes.of(done.acknowledgement().encode())
            : Bytes.EMPTY,
        state instanceof TaskState.Acknowledged done ? done.outputCid() : "",
        state instanceof TaskState.Acknowledged done ? done.sealedOutputKey() : Bytes.EMPTY,
        state instanceof TaskState.Refused refused ? refused.code().name() : "",
        state instanceof TaskState.Refused refused ? refused.message() : "");
  }

  private Task task() {
    return new Task(
        id,
        Signed.decode(Order.class, order.copy()),
        session,
        requested ? new Origin.Requested(sealedInputCid, block) : new Origin.Submitted(),
        new Terms(
            terms.price(),
            terms.provider(),
            terms.datasets(),
            terms.basisPoints(),
            terms.dispatcherPayee()),
        acceptedAt,
        state());
  }

  private TaskState state() {
    return switch (kind) {
      case 0 -> new TaskState.Queued(attempts);
      case 1 -> new TaskState.Leased(leasedAttempt());
      case 2 ->
          new TaskState.Acknowledged(
              leasedAttempt(),
              Signed.decode(Receipt.class, receipt.copy()),
              Signed.decode(Acknowledgement.class, acknowledgement.copy()),
              outputCid,
              sealedOutputKey);
      case 3 -> new TaskState.Refused(ErrorCode.valueOf(code), message, attempts);
      default -> throw new IllegalArgumentException("task state " + kind);
    };
  }

  private Attempt leasedAttempt() {
    return new Attempt(
        attempts,
        attempt.endpoint(),
        Signed.decode(NodeCertificate.class, attempt.certificate().copy()),
        attempt.costTable(),
        attempt.flags(),
        attempt.leasedAt(),
        attempt.expiry(),
        attempt.fencingToken());
  }

  private static int kind(TaskState state) {
    return switch (state) {
      case TaskState.Queued _ -> 0;
      case TaskState.Leased _ -> 1;
      case TaskState.Acknowledged _ -> 2;
      case TaskState.Refused _ -> 3;
    };
  }

  private static TermsRow row(Terms terms) {
    return new TermsRow(
        terms.price(),
        terms.provider(),
        terms.datasets(),
        terms.basisPoints(),
        terms.dispatcherPayee());
  }

  private static AttemptRow row(Attempt attempt) {
    return new AttemptRow(
        attempt.endpoint(),
        Bytes.of(attempt.certificate().encode()),
        attempt.costTable(),
        attempt.flags(),
        attempt.leasedAt(),
        attempt.expiry(),
        attempt.fencingToken());
  }
}
