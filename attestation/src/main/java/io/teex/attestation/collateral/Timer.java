package io.teex.attestation.collateral;

/** Has something done again and again, until it is closed. */
@FunctionalInterface
interface Timer {
  Running start(Runnable work);

  /** What was started, by whoever has to end it. */
  @FunctionalInterface
  interface Running extends AutoCloseable {
    @Override
    void close();
  }
}
