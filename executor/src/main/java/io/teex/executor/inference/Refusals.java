package io.teex.executor.inference;

import io.teex.protocol.ErrorCode;
import io.teex.protocol.TeexException;

/** Why a model is not accepted; and why inputs do not fit one that is. */
final class Refusals {
  private Refusals() {}

  static TeexException model(String what) {
    return new TeexException(ErrorCode.INVALID_MODULE, "the image's model: " + what);
  }

  /** Inputs for which a model has no answer. What was seen stays here: it is the user's. */
  static final class Unfit extends Exception {
    private static final long serialVersionUID = 1;

    Unfit(String what) {
      super(what);
    }
  }
}
