package io.teex.teeds;

import io.teex.protocol.ErrorCode;
import io.teex.protocol.TeexException;

/** What became of a command. */
sealed interface Outcome {
  record Applied(TransactionResult result) implements Outcome {}

  /** It changed nothing and is not remembered. */
  record Refused(ErrorCode code, String message) implements Outcome {}

  /**
   * The result.
   *
   * @throws TeexException if it was refused
   */
  default TransactionResult require() {
    return switch (this) {
      case Applied(var result) -> result;
      case Refused(var code, var message) -> throw new TeexException(code, message);
    };
  }
}
