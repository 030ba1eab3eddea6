package io.teex.executor.endive;

/**
 * What the worker answers to a call of a model.
 *
 * @param status 0, or why there are no outputs
 * @param fuel that the call costs
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared, and only passed on.
record Inferred(int status, long fuel, byte[] outputs) {
  /** Asks the worker, and waits for it. */
  @FunctionalInterface
  interface Models {
    Inferred infer(int model, long fuelLeft, int room, byte[] inputs);
  }
}
