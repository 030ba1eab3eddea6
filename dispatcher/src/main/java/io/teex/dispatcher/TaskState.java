package io.teex.dispatcher;

import io.teex.protocol.Acknowledgement;
import io.teex.protocol.Bytes;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.Receipt;
import io.teex.protocol.Signed;

/** How far a task is. The last two are final: a batch settles them as they are. */
sealed interface TaskState {
  /** Accepted or its worker lost: no worker has it now, {@code attempts} had it before. */
  record Queued(int attempts) implements TaskState {}

  /** One worker may execute it. */
  record Leased(Attempt attempt) implements TaskState {}

  /**
   * Its receipt is kept and acknowledged.
   *
   * @param outputCid where the sealed output lies; empty if there is none
   * @param sealedOutputKey the output's key, sealed to the user; empty if there is none
   */
  record Acknowledged(
      Attempt attempt,
      Signed<Receipt> receipt,
      Signed<Acknowledgement> acknowledgement,
      String outputCid,
      Bytes sealedOutputKey)
      implements TaskState {}

  /** Given up without a receipt: the user pays nothing, and its sequence is settled as void. */
  record Refused(ErrorCode code, String message, int attempts) implements TaskState {}

  /** How many leases were given, the present one included. */
  default int attempts() {
    return switch (this) {
      case Queued queued -> queued.attempts();
      case Leased leased -> leased.attempt().number();
      case Acknowledged done -> done.attempt().number();
      case Refused refused -> refused.attempts();
    };
  }

  default boolean isFinal() {
    return switch (this) {
      case Queued _, Leased _ -> false;
      case Acknowledged _, Refused _ -> true;
    };
  }
}
