package io.teex.sdk;

import io.teex.protocol.Acknowledgement;
import io.teex.protocol.Amount;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.Outcome;
import io.teex.protocol.Receipt;
import io.teex.protocol.SecretBytes;
import io.teex.protocol.Signed;
import io.teex.protocol.TaskId;
import io.teex.protocol.TeexException;

/**
 * What came of a task; every signature and commitment in it was verified.
 *
 * @param output the service's answer; empty unless {@link Outcome#COMPLETED}
 * @param detail what the service did wrong, in the worker's words; empty if nothing, or unknown
 * @param papers what it takes to have the task replayed
 */
public record TaskResult(
    SecretBytes output,
    Signed<Receipt> receipt,
    Signed<Acknowledgement> acknowledgement,
    String detail,
    TaskPapers papers,
    Latency latency) {

  public TaskId task() {
    return receipt.value().taskId();
  }

  public Outcome outcome() {
    return receipt.value().outcome();
  }

  /** What the task costs, everything included. */
  public Amount fee() {
    return receipt.value().fee().total();
  }

  /**
   * The output of a completed task.
   *
   * @throws TeexException what the service did instead, with what it costs
   */
  public byte[] requireCompleted() {
    if (outcome() == Outcome.COMPLETED) {
      return output.expose();
    }
    throw new TeexException(
        code(outcome()),
        "the service ended with %s%s; the task costs %s; %s"
            .formatted(
                outcome(), detail.isEmpty() ? "" : ": " + detail, fee(), whatToDo(outcome())));
  }

  private static String whatToDo(Outcome outcome) {
    return switch (outcome) {
      case COMPLETED -> "nothing is to be done";
      case OUT_OF_FUEL -> "order it with more fuel, or a smaller input";
      case OUT_OF_MEMORY -> "order it with more memory, or a smaller input";
      case OUT_OF_TIME -> "order it with more patience, or a smaller input";
      case OUTPUT_TOO_LARGE -> "order it with room for more output";
      case TRAP, DEPTH_EXCEEDED, GUEST_EXIT ->
          "check the input against what the service takes, or ask its provider";
      case INVALID_MODULE, ENGINE_FAILURE, VOID -> "order it again";
    };
  }

  /** The error that an outcome is to somebody who wanted an output. */
  static ErrorCode code(Outcome outcome) {
    return switch (outcome) {
      case COMPLETED -> throw new IllegalArgumentException("a completed task is no error");
      case TRAP -> ErrorCode.GUEST_TRAP;
      case OUT_OF_FUEL -> ErrorCode.OUT_OF_FUEL;
      case OUT_OF_MEMORY -> ErrorCode.OUT_OF_MEMORY;
      case DEPTH_EXCEEDED -> ErrorCode.DEPTH_EXCEEDED;
      case OUT_OF_TIME -> ErrorCode.OUT_OF_TIME;
      case OUTPUT_TOO_LARGE -> ErrorCode.OUTPUT_TOO_LARGE;
      case INVALID_MODULE -> ErrorCode.INVALID_MODULE;
      case GUEST_EXIT -> ErrorCode.GUEST_EXIT;
      case ENGINE_FAILURE, VOID -> ErrorCode.ENGINE_FAILURE;
    };
  }

  @Override
  public String toString() {
    return "TaskResult[%s, %s, %d bytes]".formatted(task(), outcome(), output.size());
  }
}
