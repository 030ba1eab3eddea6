package io.teex.dispatcher;

/** Where an order came from, and so what money stands behind it and who brings its input. */
sealed interface Origin {
  /** A user's call: her lane pays, and she shows the ticket to the worker herself. */
  record Submitted() implements Origin {}

  /**
   * An event of the chain: the request's own escrow pays, and the dispatcher hands the task on.
   *
   * @param sealedInputCid where the input lies, sealed to the service
   * @param block in which it was requested
   */
  record Requested(String sealedInputCid, long block) implements Origin {}
}
